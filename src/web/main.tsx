/** The console in the browser: ARCHITECTURE.md. */
import '@mantine/core/styles.layer.css'
import '@mantine/notifications/styles.layer.css'
import '@mantine/spotlight/styles.layer.css'
import './app/theme.css'
import { MantineProvider, Modal } from '@mantine/core'
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router'
import { Boundary } from './app/boundary.tsx'
import { Console } from './app/console.tsx'
import { StepUpProvider } from './app/step-up.tsx'
import { theme } from './app/theme.ts'
import { WordsProvider } from './app/words.tsx'
import { codeOf, Trouble } from './client/ask.ts'
import { setup } from './client/queries.ts'
import { Notices } from './parts/notices.tsx'

const TRIES_MAX = 3

/** Whoever is signed out, from here or from afar, sees the way in at once. */
function onError(error: unknown): void {
  if (codeOf(error) === 'SESSION_NEEDED') void client.invalidateQueries({ queryKey: setup.queryKey })
}

const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    // The box is near, whatever the browser thinks of the Internet.
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      // What the box has refused it refuses again; a box that starts again is asked again.
      retry: (tries, error) => !(error instanceof Trouble) && tries < TRIES_MAX,
      staleTime: 5_000,
      refetchOnWindowFocus: true,
    },
  },
})

const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''

createRoot(document.getElementById('root') as HTMLElement).render(
  <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
    <QueryClientProvider client={client}>
      <WordsProvider>
        <BrowserRouter>
          <Modal.Stack>
            <StepUpProvider>
              <Notices />
              <Boundary>
                <Console />
              </Boundary>
            </StepUpProvider>
          </Modal.Stack>
        </BrowserRouter>
      </WordsProvider>
    </QueryClientProvider>
  </MantineProvider>,
)
