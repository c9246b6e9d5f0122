/** The API versions that events can be shaped by, the current one first. */
import { API_VERSION } from './api-version.ts';

export const EVENT_VERSIONS = [API_VERSION, '2025-02-24.acacia', '2020-03-02'] as const;
export type EventVersion = (typeof EVENT_VERSIONS)[number];
