import { useSyncExternalStore } from 'react'

export type ThemeChoice = 'system' | 'light' | 'dark'
const dark = matchMedia('(prefers-color-scheme: dark)')
const changed = 'themechange'

function subscribe(listener: () => void): () => void {
  dark.addEventListener('change', listener)
  window.addEventListener(changed, listener)
  return () => {
    dark.removeEventListener('change', listener)
    window.removeEventListener(changed, listener)
  }
}

function choice(): ThemeChoice {
  const set = document.documentElement.dataset['theme']
  return set === 'light' || set === 'dark' ? set : 'system'
}

export function useThemeChoice(): [ThemeChoice, (next: ThemeChoice) => void] {
  const current = useSyncExternalStore(subscribe, choice)
  return [current, (next) => {
    if (next === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = next
    try {
      if (next === 'system') localStorage.removeItem('theme')
      else localStorage.setItem('theme', next)
    } catch {
      // Without storage the choice lasts as long as the page.
    }
    window.dispatchEvent(new Event(changed))
  }]
}

/** What is really shown now; drawings on a canvas follow it. */
export function useTheme(): 'light' | 'dark' {
  return useSyncExternalStore(subscribe, () => {
    const set = choice()
    return set === 'system' ? (dark.matches ? 'dark' : 'light') : set
  })
}
