export default function Train() {
  return <div />
}
