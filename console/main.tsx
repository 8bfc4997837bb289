import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { mayPass } from './api/client.js';
import { refreshWhatChanges } from './api/live.js';
import { keepFocus } from './app/keep-focus.js';
import { RELOADS } from './app/reloads.js';
import { againAfterFailure } from './moment/use-read.js';
import { router } from './routes.js';
import './styles/all.js';

const MOST_RETRIES = 2;

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // A refusal is final, but an unreachable server may come back.
      retry: (failures, error) => failures < MOST_RETRIES && mayPass(error),
      refetchInterval: againAfterFailure,
      refetchOnWindowFocus: false,
    },
  },
});
sessionStorage.removeItem(RELOADS);
refreshWhatChanges(client);
keepFocus();

const place = document.getElementById('root');
if (place === null) throw new Error('index.html has no element #root');
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
