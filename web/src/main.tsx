import './styles/tokens.css';
import './styles/base.css';
import { ParleyProvider } from '@parley/client/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app';
import { parley } from './app/parley';
import { applyTheme } from './app/theme';
import { startServiceWorkerWhenIdle } from './push/service-worker';

applyTheme();
createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <ParleyProvider parley={parley}>
      <App />
    </ParleyProvider>
  </StrictMode>,
);
startServiceWorkerWhenIdle();
