/** The dashboard's pages and files, as Vite built them. */
import { join } from 'node:path';
import express, { Router } from 'express';
import type { Dependencies } from '../dependencies.ts';

const PAGES = ['/', '/login', '/dashboard'];

export function pageRoutes({ clientFolder }: Dependencies): Router {
  return Router()
    .get(PAGES, (_request, response, next) => {
      response.set('Cache-Control', 'no-cache').sendFile(join(clientFolder, 'index.html'), (error) => error && next(error));
    })
    .use('/assets', express.static(join(clientFolder, 'assets'), { immutable: true, maxAge: '1y', fallthrough: false }))
    .use(express.static(clientFolder, { index: false }));
}
