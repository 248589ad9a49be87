import { Page } from "../../kit/page.tsx";

export default function Tail() {
  return <Page title="Live tail">{null}</Page>;
}
