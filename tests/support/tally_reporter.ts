import { writeFileSync } from 'node:fs'
import { BaseReporter } from '@japa/runner/core'
import type { NamedReporterContract, SuiteStartNode, TestEndNode } from '@japa/runner/types'

interface Tally {
  passed: number
  failed: number
  skipped: number
}

/**
 * Writes how many tests each suite passed, failed and skipped, as JSON, to the file that
 * TEST_TALLY_FILE names. `failedHooks` counts failed suite and group hooks, which are not
 * tests.
 */
class TallyReporter extends BaseReporter {
  #suites: Record<string, Tally> = {}

  protected onSuiteStart(suite: SuiteStartNode) {
    this.#suites[suite.name] = { passed: 0, failed: 0, skipped: 0 }
  }

  protected onTestEnd(test: TestEndNode) {
    const tally = this.#suites[this.currentSuiteName!]
    if (test.hasError) tally.failed++
    else if (test.isSkipped || test.isTodo) tally.skipped++
    else tally.passed++
  }

  protected async end() {
    const file = process.env.TEST_TALLY_FILE
    if (!file) return
    const { failureTree } = this.runner!.getSummary()
    const failedHooks = failureTree
      .flatMap((suite) => [suite, ...suite.children])
      .filter((node) => node.type !== 'test' && node.errors.length > 0).length
    writeFileSync(file, JSON.stringify({ suites: this.#suites, failedHooks }))
  }
}

/** The reporter that `npm test` counts with; always active. */
export const tally: NamedReporterContract = {
  name: 'tally',
  handler: (runner, emitter) => new TallyReporter().boot(runner, emitter),
}
