// Small parts that all places use.
import { useEffect, useId, useRef, useState, type ReactNode } from "react"
import { Icon, type IconName } from "./icons"
import { keyHint } from "./keys"
import { texts } from "./texts"
import { go } from "./router"

const T = texts({ close: "Close" }, { close: "閉じる" })

interface ButtonProps {
  icon?: IconName
  label: string
  keys?: string
  /** The command that does the same. */
  command?: string
  kind?: "main" | "plain" | "danger"
  bare?: boolean
  pressed?: boolean
  disabled?: boolean
  onClick: () => void
}

/** Its tooltip tells its key and its command. `bare` shows the icon alone. */
export function Button({ icon, label, keys, command, kind = "plain", bare, pressed, disabled, onClick }: ButtonProps) {
  const title = `${label}${keyHint(keys)}${command ? `\n${command}` : ""}`
  return (
    <button type="button" className={`button ${kind}${bare ? " bare" : ""}`} title={title} aria-label={bare ? label : undefined} aria-pressed={pressed} disabled={disabled} onClick={onClick}>
      {icon && <Icon name={icon} />}
      {!bare && <span>{label}</span>}
    </button>
  )
}

export function Link({ to, children, ...rest }: { to: string; children: ReactNode } & React.AnchorHTMLAttributes<HTMLAnchorElement>) {
  return (
    <a
      href={to}
      {...rest}
      onClick={(e) => {
        if (e.metaKey || e.ctrlKey || e.shiftKey || e.button !== 0) return
        e.preventDefault()
        go(to)
      }}
    >
      {children}
    </a>
  )
}

interface DialogProps {
  title: string
  onClose: () => void
  children: ReactNode
  className?: string
}

/** A modal window; Escape and a click outside close it, the focus returns. */
export function Dialog({ title, onClose, children, className }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const before = document.activeElement
    ref.current?.showModal()
    ref.current?.querySelector<HTMLElement>("input, select, textarea, .main")?.focus()
    return () => void (before instanceof HTMLElement && before.focus())
  }, [])
  return (
    <dialog ref={ref} className={`dialog ${className ?? ""}`} aria-labelledby={id} onCancel={(e) => (e.preventDefault(), onClose())} onPointerDown={(e) => e.target === ref.current && onClose()}>
      <div className="dialog-body">
        <header>
          <h2 id={id}>{title}</h2>
          <button className="icon" aria-label={T().close} onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  )
}

export interface MenuItem {
  label: string
  keys?: string
  icon?: IconName
  danger?: boolean
  disabled?: boolean
  run: () => void
}

export function Menu({ label, icon = "menu", items, text }: { label: string; icon?: IconName; items: MenuItem[]; text?: string }) {
  const [open, setOpen] = useState(false)
  const ref = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!open) return
    ref.current?.querySelector<HTMLElement>("[role=menuitem]:not([disabled])")?.focus()
    const away = (e: PointerEvent) => !ref.current?.contains(e.target as globalThis.Node) && setOpen(false)
    window.addEventListener("pointerdown", away, true)
    return () => window.removeEventListener("pointerdown", away, true)
  }, [open])
  const onKeyDown = (e: React.KeyboardEvent) => {
    if (!open) return
    const all = [...ref.current!.querySelectorAll<HTMLElement>("[role=menuitem]:not([disabled])")]
    const at = all.indexOf(document.activeElement as HTMLElement)
    if (e.key === "ArrowDown") all[(at + 1) % all.length]?.focus()
    else if (e.key === "ArrowUp") all[(at - 1 + all.length) % all.length]?.focus()
    else if (e.key === "Escape") setOpen(false), ref.current!.querySelector<HTMLElement>("button")?.focus()
    else return
    e.preventDefault()
    e.stopPropagation()
  }
  return (
    <div className="menu" ref={ref} onKeyDown={onKeyDown}>
      <button type="button" className={text ? "button" : "button bare"} title={label} aria-label={text ? undefined : label} aria-haspopup="menu" aria-expanded={open} onClick={() => setOpen(!open)}>
        {text ? <span>{text}</span> : <Icon name={icon} />}
        {text && <Icon name="down" size={12} />}
      </button>
      {open && (
        <div className="menu-list" role="menu">
          {items.map((item) => (
            <button key={item.label} role="menuitem" disabled={item.disabled} className={item.danger ? "danger" : ""} onClick={() => (setOpen(false), item.run())}>
              {item.icon ? <Icon name={item.icon} /> : <span className="glyph" />}
              <span>{item.label}</span>
              {item.keys && <kbd>{keyHint(item.keys).slice(2, -1)}</kbd>}
            </button>
          ))}
        </div>
      )}
    </div>
  )
}

export function Empty({ title, text, children, picture }: { title: string; text: string; children?: ReactNode; picture?: ReactNode }) {
  return (
    <div className="empty">
      {picture && <div className="empty-picture" aria-hidden="true">{picture}</div>}
      <h2>{title}</h2>
      <p>{text}</p>
      {children}
    </div>
  )
}

/** Asks for one line of text. */
export function Ask({ title, label, value, action, onDone, onClose, check }: { title: string; label: string; value?: string; action: string; onDone: (text: string) => void; onClose: () => void; check?: (text: string) => string | undefined }) {
  const [text, setText] = useState(value ?? "")
  const wrong = check?.(text)
  return (
    <Dialog title={title} onClose={onClose} className="small">
      <form
        onSubmit={(e) => {
          e.preventDefault()
          if (text && !wrong) onDone(text)
        }}
      >
        <label className="field">
          <span>{label}</span>
          <input autoFocus value={text} aria-invalid={!!(text && wrong)} onChange={(e) => setText(e.target.value)} onFocus={(e) => e.target.select()} />
          {text && wrong && <span className="wrong">{wrong}</span>}
        </label>
        <footer>
          <button type="submit" className="button main" disabled={!text || !!wrong}>
            {action}
          </button>
        </footer>
      </form>
    </Dialog>
  )
}
