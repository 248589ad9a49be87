import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";

/** WCAG 2.2 AA and what it stands on. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];

/**
 * Asks axe about the page as it stands, not about frames of other origins; throws with each violation, the elements that have it, and
 * what would cure it.
 */
export async function axe({ page }: { readonly page: Page }, options: { readonly without?: readonly string[] } = {}) {
  const { violations } = await new AxeBuilder({ page })
    // Every element is looked at all the same; but axe writes a path for each one that it tells of, and of a table of a hundred rows those that
    // are in order took longer than to look at them.
    .options({ resultTypes: ["violations"] })
    .withTags(TAGS)
    // Judges in the page itself. Else it opens a second one for each, loads itself there too, and moves what it found from one to the other.
    .setLegacyMode()
    // What React Aria says to screen readers: pictures named by what they announce, which may be gone before they are.
    .exclude("[data-live-announcer]")
    .disableRules([...(options.without ?? [])])
    .analyze();
  if (violations.length === 0) return;
  const told = violations.map(({ id, impact, help, nodes }) => {
    const where = nodes.map(({ target, html, failureSummary }) => {
      const cure = (failureSummary ?? "").split("\n").slice(1).join(";").trim();
      return `    ${target.join(" ")}  ${html.slice(0, 160)}\n      ${cure}`;
    });
    return `- ${id} (${impact ?? "no impact told"}): ${help}\n${where.join("\n")}`;
  });
  throw new Error(`${page.url()} is not accessible (WCAG 2.2 AA):\n${told.join("\n")}`);
}
