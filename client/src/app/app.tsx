/** The routes and what all of them stand on. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Route, Switch } from 'wouter';
import { isTransient } from '../lib/api.ts';
import { CrashBoundary } from '../ui/crash-boundary.tsx';
import { Frame } from './frame.tsx';
import { DashboardPage } from './pages/dashboard-page.tsx';
import { HomePage } from './pages/home-page.tsx';
import { LoginPage } from './pages/login-page.tsx';

const RETRIES = 2;
/** Views that come up one after the other share an answer for so long. */
const FRESH_FOR_MILLISECONDS = 5_000;

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // A daemon on this machine answers without any network, so being "offline" is no reason to wait.
      networkMode: 'always',
      retry: (failures, error) => failures < RETRIES && isTransient(error),
      staleTime: FRESH_FOR_MILLISECONDS,
    },
    mutations: { networkMode: 'always' },
  },
});

export function App() {
  return (
    <CrashBoundary>
      <QueryClientProvider client={queryClient}>
        <Frame>
          <Switch>
            <Route path="/" component={HomePage} />
            <Route path="/login" component={LoginPage} />
            <Route path="/dashboard" component={DashboardPage} />
          </Switch>
        </Frame>
      </QueryClientProvider>
    </CrashBoundary>
  );
}
