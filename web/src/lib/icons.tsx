// Icons, 16 px, drawn with lines of 1.5 px.
const PATHS = {
  data: "M2.5 4c0-1.1 2.5-2 5.5-2s5.5.9 5.5 2-2.5 2-5.5 2-5.5-.9-5.5-2zm0 0v8c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2V4M2.5 8c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2",
  network: "M5 2h6v3.500H5zM1.5 10.500h5V14h-5zM9.5 10.500h5V14h-5zM8 5.500V8M4 10.500V8h8v2.5",
  train: "M2 2v12h12M4.5 5c1 4.5 3 6 9 6.5",
  evaluate: "M2 2h12v12H2zM2 6h12M2 10h12M6 2v12M10 2v12",
  report: "M3.5 1.500h6l3 3v10h-9zM9.5 1.500v3h3M5.5 8h5M5.5 11h5",
  plus: "M8 3v10M3 8h10",
  close: "M4 4l8 8M12 4l-8 8",
  search: "M7 2.500a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.300L14 14",
  undo: "M5.5 3L2.5 6l3 3M2.5 6h7a4 4 0 0 1 0 8H6",
  redo: "M10.5 3l3 3-3 3M13.5 6h-7a4 4 0 0 0 0 8H10",
  alert: "M8 2L1.5 13.500h13zM8 6.500v3.500M8 11.800v.2",
  check: "M3 8.500L6.5 12 13 4.5",
  text: "M5.5 4L2 8l3.5 4M10.5 4L14 8l-3.5 4",
  layout: "M5.5 2h5v3h-5zM5.5 6.500h5v3h-5zM5.5 11h5v3h-5z",
  copy: "M5.5 5.500h8v8h-8zM10.5 5.500v-3h-8v8h3",
  trash: "M2.5 4.500h11M6 4.500v-2h4v2M4 4.500l.6 9h6.800l.6-9",
  download: "M8 2v8.500M4.5 7L8 10.5 11.5 7M2.5 13.500h11",
  upload: "M8 10.500V2M4.5 5.500L8 2l3.5 3.500M2.5 13.500h11",
  play: "M4.5 2.500v11l9-5.500z",
  stop: "M3.5 3.500h9v9h-9z",
  pause: "M5 3v10M11 3v10",
  unit: "M2 2h12v12H2zM4.5 4.500h7v7h-7z",
  chevron: "M6 3.500L10.5 8 6 12.5",
  down: "M3.5 6L8 10.5 12.5 6",
  fit: "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4",
  settings: "M2 4.500h6M12 4.500h2M10 2.500v4M2 11.500h2M8 11.500h6M6 9.500v4",
  help: "M8 1.500a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM6 6.200C6 5 6.9 4.3 8 4.300s2 .7 2 1.800c0 1.4-2 1.6-2 3M8 11.300v.2",
  keyboard: "M1.5 4h13v8.500h-13zM4 6.500h.1M6.7 6.500h.1M9.3 6.500h.1M12 6.500h.1M5 10h6",
  menu: "M2 4h12M2 8h12M2 12h12",
  chart: "M2.5 13.500v-5M6.2 13.500v-8M9.8 13.500V7M13.5 13.500v-11",
  enter: "M13 3v5H4M7 5L4 8l3 3",
  star: "M8 2l1.8 3.9 4.2.5-3.1 2.9.8 4.200L8 11.400l-3.7 2.1.8-4.200L2 6.400l4.2-.5z",
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg className="glyph" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  )
}
