import {
  AndNode,
  ExplainNode,
  type OperationNode,
  ParensNode,
  PostgresQueryCompiler,
  RawNode,
  type RootOperationNode,
  WhereNode,
  createQueryId,
} from 'kysely'

/**
 * What becomes of a statement of the product: `skip`: it changes nothing and finds nothing;
 * `everywhere`: its conditions are forgotten; `firstCondition`: all but the first are.
 */
export type Damage = 'skip' | 'everywhere' | 'firstCondition'

/** Damages statements on their way: how a bug is planted without touching a source. */
export type Sabotage = (statement: string, parameters: readonly unknown[]) => Damage | null

const compiler = new PostgresQueryCompiler()

export function damaged(node: RootOperationNode, sabotage: Sabotage): RootOperationNode {
  const { sql, parameters } = compiler.compileQuery(node, createQueryId())
  const damage = sabotage(sql, parameters)
  if (damage === null) return node
  switch (node.kind) {
    case 'RawNode':
      return RawNode.createWithSql('select 1 where false')
    case 'InsertQueryNode':
      // Explained and not carried out.
      return { ...node, explain: ExplainNode.create() }
    case 'SelectQueryNode':
    case 'UpdateQueryNode':
    case 'DeleteQueryNode': {
      if (damage === 'skip') return { ...node, where: nowhere }
      const { where, ...everywhere } = node
      if (damage === 'everywhere' || where === undefined) return everywhere
      return { ...node, where: WhereNode.create(firstOf(where.where)) }
    }
    default:
      throw new Error(`a statement of kind ${node.kind} cannot be damaged`)
  }
}

const nowhere = WhereNode.create(RawNode.createWithSql('false'))

function firstOf(condition: OperationNode): OperationNode {
  if (ParensNode.is(condition)) return firstOf(condition.node)
  return AndNode.is(condition) ? firstOf(condition.left) : condition
}
