/**
 * Names of boxes and organisations. No control, line-breaking or direction-turning characters: a name must not rewrite the
 * screen that shows it. docs/formats/charter.md
 */
export const NAME_PATTERN = /^(?!\s)[^\p{C}\p{Zl}\p{Zp}]{1,100}(?<!\s)$/u
