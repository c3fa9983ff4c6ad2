// The page begins here.
import { QueryClientProvider } from "@tanstack/react-query"
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { App } from "./shell/App"
import { queries } from "./lib/queries"
import { followTheme } from "./lib/theme"
import "@xyflow/react/dist/base.css"
import "uplot/dist/uPlot.min.css"
import "./style/tokens.css"
import "./style/base.css"
import "./style/shell.css"
import "./style/network.css"
import "./style/train.css"
import "./style/data.css"

followTheme()
createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
)
