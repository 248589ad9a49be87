/**
 * Whose endpoints the operational ones are: the installation's own. posthorn.operational_app() says the same id.
 *
 * No row of posthorn.application has it, so that no list, look-up or count of applications can find it, today's and those to
 * come; that it lives is known here and in posthorn.expect_applications only.
 */
export const OPERATIONAL_APP_ID = "00000000-0000-7000-8000-000000000001";
