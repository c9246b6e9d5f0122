/** Shows a way out instead of a blank page when drawing fails. React has no hook for this, hence the class. */
import { Component, type ReactNode } from 'react';

export class CrashBoundary extends Component<{ children: ReactNode }, { crashed: boolean }> {
  override state = { crashed: false };

  static getDerivedStateFromError() {
    return { crashed: true };
  }

  override render() {
    if (!this.state.crashed) return this.props.children;
    return (
      <main className="stack">
        <h1>This page broke</h1>
        <p role="alert">Something in it could not be shown. Your subscription is not affected.</p>
        <a className="button" href={window.location.pathname}>
          Load it again
        </a>
      </main>
    );
  }
}
