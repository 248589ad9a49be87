import { Page } from "../../kit/page.tsx";

export default function Overview() {
  return <Page title="Overview">{null}</Page>;
}
