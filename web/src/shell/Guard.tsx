// A fault in one place must not empty the whole page.
import { Component, type ReactNode } from "react"
import { T } from "./texts"

export class Guard extends Component<{ children: ReactNode }, { error?: Error }> {
  override state: { error?: Error } = {}
  static getDerivedStateFromError(error: Error) {
    return { error }
  }
  override render() {
    if (!this.state.error) return this.props.children
    return (
      <div className="empty" role="alert">
        <h2>{T().failed}</h2>
        <p>{this.state.error.message}</p>
        <button className="button" onClick={() => this.setState({ error: undefined })}>
          {T().again}
        </button>
      </div>
    )
  }
}
