declare module "*.json" {
  const text: string
  export default text
}
declare module "*.css"
declare const LAYOUT_WORKER: string
