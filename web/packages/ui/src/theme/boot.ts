// A tiny blocking script in <head>: the page is painted in the chosen theme from its first frame.
import { applyTheme, readTheme } from './theme'

applyTheme(readTheme(document.cookie), document.documentElement)
