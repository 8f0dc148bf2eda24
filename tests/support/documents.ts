import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import ts from 'typescript'
import { projectRoot } from '#tests/support/servers/spawned_process'

const FOLDERS = ['app', 'config', 'database', 'start', 'resources/lang']

/** The files that documents refer to, relative to the project root. */
const files = FOLDERS.flatMap((folder) =>
  readdirSync(projectRoot + folder, { recursive: true, encoding: 'utf8' }).map(
    (file) => `${folder}/${file}`
  )
)

/** Everything between backticks, in text order. */
export function codeIn(markdown: string): string[] {
  return [...markdown.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code)
}

/** The cells of each table row in a document. */
export function tableRows(markdown: string): string[][] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim())
    )
}

/** Whether a piece of code is the name of one of our files or folders. */
export function looksLikeFile(code: string): boolean {
  return /^[\w./*-]+\.(ts|json|edge)$/.test(code) || /^[a-z_]+(\/[a-z_.]+)*\/[a-z_*.]+$/.test(code)
}

/**
 * The file or folder that a document means: by its path from the root or from `app/`, or
 * by its bare name if that is unique.
 */
export function findFile(named: string): string | null {
  const path = named.replace(/\/\*$/, '')
  const here = [path, `app/${path}`].find((one) => existsSync(projectRoot + one))
  if (here || path.includes('/')) return here ?? null
  const [only, ...others] = files.filter((file) => basename(file) === path)
  const languages = new Set([only, ...others].map((file) => file?.replace(/lang\/\w+/, 'lang')))
  return only && languages.size === 1 ? only : null
}

function parse(path: string) {
  const source = readFileSync(projectRoot + path, 'utf8')
  return ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true)
}

const isExported = (node: ts.Node) =>
  ts.canHaveModifiers(node) &&
  !!ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)

function membersOf(node: ts.Statement): string[] {
  if (!ts.isClassDeclaration(node)) return []
  return node.members.flatMap(({ name }) =>
    name && !ts.isPrivateIdentifier(name) ? [name.getText()] : []
  )
}

function namesOf(node: ts.Statement): string[] {
  if (ts.isVariableStatement(node)) {
    return node.declarationList.declarations.map(({ name }) => name.getText())
  }
  const { name } = node as ts.DeclarationStatement
  return name ? [name.getText()] : []
}

/** `name`, and `Class.member` for each class, as declared by statements. */
function declaredBy(statements: ts.Statement[]): string[] {
  return statements.flatMap((node) => {
    const names = namesOf(node)
    return [...names, ...names.flatMap((name) => membersOf(node).map((one) => `${name}.${one}`))]
  })
}

const exported = files
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) => declaredBy(parse(file).statements.filter(isExported)))

/** A model's columns are in the generated class that it extends. */
const columnOf = (name: string) => name.replace(/^(\w+)\./, '$1Schema.')

/**
 * Whether our code exports a name: `whoIsThis`, `ResetPassword`, `SignInAttempt.claim`,
 * or a bare `readNotice` that is a member of some class.
 */
export function isExportedName(name: string): boolean {
  return exported.some((one) => [name, columnOf(name)].includes(one) || one.endsWith(`.${name}`))
}

/** Whether a file declares a name: at top level, as a member or as an option. */
export function isDeclaredIn(path: string, name: string): boolean {
  const declares = (node: ts.Node): boolean =>
    (isDeclaration(node) && node.name?.getText() === name) ||
    (ts.forEachChild(node, (child) => declares(child) || undefined) ?? false)
  return declares(parse(path))
}

function isDeclaration(node: ts.Node): node is ts.NamedDeclaration {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isVariableDeclaration(node) ||
    ts.isClassElement(node) ||
    ts.isPropertyAssignment(node)
  )
}

/** The fixed parts of the title of each test in a file, except skipped tests. */
export function titlesOf(path: string): string[][] {
  if (!existsSync(projectRoot + path)) return []
  const titles: string[][] = []
  const visit = (node: ts.Node) => {
    if (ts.isCallExpression(node) && node.expression.getText() === 'test' && !isSkipped(node)) {
      titles.push(fixedParts(node.arguments[0]))
    }
    ts.forEachChild(node, visit)
  }
  visit(parse(path))
  return titles
}

/** Whether an unconditional `.skip()` follows anywhere in the chain. */
function isSkipped({ parent }: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(parent) && parent.name.text === 'skip') {
    return ts.isCallExpression(parent.parent) && parent.parent.arguments.length === 0
  }
  return (ts.isPropertyAccessExpression(parent) || ts.isCallExpression(parent)) && isSkipped(parent)
}

function fixedParts(title: ts.Expression): string[] {
  if (ts.isStringLiteralLike(title)) return [title.text]
  if (!ts.isTemplateExpression(title)) return []
  return [title.head.text, ...title.templateSpans.map(({ literal }) => literal.text)]
}
