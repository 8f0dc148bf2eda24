import { readFileSync } from 'node:fs'
import { test } from '@japa/runner'
import {
  contrast,
  GROUNDS,
  INK,
  isUsable,
  nearestUsable,
  OUR_COLOR,
  paletteOf,
  READABLE,
  readColor,
} from '#look/palette'
import { projectRoot } from '#tests/support/servers/spawned_process'

const THEMES = ['light', 'dark'] as const

/** Every colour whose channels are one of these, and some that brands have. */
function manyColors(): string[] {
  const digits = ['00', '3a', '80', 'c0', 'ff']
  const grid = digits.flatMap((red) =>
    digits.flatMap((green) => digits.map((blue) => `#${red}${green}${blue}`))
  )
  return [...grid, OUR_COLOR, '#fee500', '#03c75a', '#ff5a00', '#e91e63', '#767676', '#7b2ff7']
}

test.group('A palette', () => {
  test('of any colour can be read in either theme: links, buttons, and both under the pointer', ({
    assert,
  }) => {
    for (const color of manyColors()) {
      const usable = nearestUsable(color)
      assert.isTrue(isUsable(usable), color)
      const palette = paletteOf(usable)
      assert.equal(palette.light.accent, usable)
      for (const name of THEMES) {
        const { accent, strong, on, wash } = palette[name]
        const grounds = [...Object.values(GROUNDS[name]), wash]
        for (const shown of [accent, strong]) {
          for (const ground of [...grounds, on]) {
            assert.isAtLeast(contrast(shown, ground), READABLE, `${color} ${name} on ${ground}`)
          }
        }
        assert.isAtLeast(contrast(INK[name], wash), READABLE, color)
        assert.notEqual(strong, accent, color)
      }
      for (const ground of ['#ffffff', '#000000']) {
        assert.isAtLeast(contrast(palette.line, ground), 3, color)
      }
    }
  })

  test('refuses what is too pale, and offers the lightest that is not', ({ assert }) => {
    for (const [color, nearest] of [
      ['#ffffff', '#686868'],
      ['#fee500', '#766904'],
      [OUR_COLOR, OUR_COLOR],
      ['#000000', '#000000'],
    ]) {
      assert.equal(isUsable(color), color === nearest)
      assert.equal(nearestUsable(color), nearest)
    }
  })

  test('is judged on the grounds that the pages have', ({ assert }) => {
    const css = readFileSync(`${projectRoot}resources/css/tokens.css`, 'utf8')
    const [light, dark] = css.split('@media (prefers-color-scheme: dark)')
    for (const [name, tokens] of Object.entries({ light, dark })) {
      const { paper, surface, sunken } = GROUNDS[name as 'light' | 'dark']
      const ink = INK[name as 'light' | 'dark']
      for (const [token, value] of Object.entries({ paper, surface, sunken, ink })) {
        assert.include(tokens, `--color-${token}: ${value};`)
      }
    }
    assert.include(light, `--color-accent: ${OUR_COLOR};`)
  })

  test('begins with a colour in three digits or six, and with nothing else', ({ assert }) => {
    assert.equal(readColor(' #FEE500 '), '#fee500')
    assert.equal(readColor('1b4'), '#11bb44')
    for (const none of [
      'red',
      '#12345',
      '#1234567',
      '#12345g',
      '',
      'x'.repeat(99),
      null,
      ['#fff'],
    ]) {
      assert.isNull(readColor(none))
    }
  })
})
