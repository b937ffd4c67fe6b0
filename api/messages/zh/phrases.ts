import type { FieldProblem, NameRule, RefusalFacts, WhoMay } from '../../refusals.ts'

/** Why a subscription is suspended, each reason with its date. */
export function reasons(suspensions: RefusalFacts['readOnlySubscription']['suspensions']): string {
  return suspensions.map(({ reason, since }) => `${reason}（自 ${since} 起）`).join('；')
}

/** Who may do an act that the offer reserves, as a clause. */
export function whoMay(who: WhoMay): string {
  const act = { cancel: '取消', reactivate: '重新激活', delete: '删除', upgrade: '升级' }[who.act]
  const custom = `指明了 ${who.action} 的自定义角色也可以`
  if (who.by === 'supportEngineers') {
    return `支持工程师可以在保留期内根据支持请求将其${act}`
  }
  return who.by === 'owners'
    ? `订阅的所有者 (Owner) 可以将其${act}，${custom}`
    : `帐户管理员（对象 ID“${who.objectId}”）可以将其${act}，${custom}`
}

/** Why a field was refused, and what to do: a sentence or two. */
export function fieldText(field: string, problem: FieldProblem): string {
  const name = `“${field}”`
  switch (problem.kind) {
    case 'required':
      return `${name}是必需的。请添加。`
    case 'type':
      return `${name}的类型必须为 ${problem.expected}。`
    case 'unknown':
      return `${name}不是此处已知的属性。请将其删除，或检查拼写。`
    case 'oneOf':
      return `${name}必须是以下值之一：${problem.values.join('、')}。`
    case 'pattern':
      return `${name}必须匹配 ${problem.pattern}。`
    case 'length':
      return `${name}的长度必须为 ${problem.min} 到 ${problem.max} 个字符。`
    case 'range':
      return `${name}必须是 ${problem.min} 到 ${problem.max} 之间的数字。`
    case 'instant':
      return `${name}必须是 ISO 8601 格式的 UTC 时间，例如 2026-11-01T00:00:00Z。`
    case 'instantBetween':
      return `${name}必须在 ${problem.earliest} 与 ${problem.latest} 之间。`
    case 'duration':
      return `${name}必须是 ISO 8601 格式的持续时间，不含月和年，例如 P89D 或 PT1H。`
    case 'date':
      return `${name}必须是日期，例如 2026-11-30 或 11-30-2026。`
    case 'unsupported':
      return `此处不支持${name}。请省略。`
    case 'mismatch':
      return `${name}必须是“${problem.expected}”，与请求地址中的一致，或者省略。`
    case 'count':
      return `${name}最多可以有 ${problem.max} 项。`
    case 'price':
      return `${name}必须是非负的十进制文本，例如 "0.0184"，不超过 1000000000，小数点后最多 18 位数字。`
    case 'amount':
      return `${name}必须是以 ${problem.currency} 计的十进制金额文本，最多 ${problem.decimals} 位小数。`
    case 'duplicate':
      return `${name}与“${problem.of}”设定了同一个价格。请只保留其中一个。`
    case 'invalid':
      return `${name}无效。请检查其格式。`
  }
}

/** What a name must look like. */
export const nameRules: { readonly [Rule in NameRule]: string } = {
  resourceGroup: '资源组名称包含 1 到 90 个字母、数字或 -_().，并且不能以句点结尾。',
  resource: '资源名称包含 1 到 260 个字符，不能含有 <>%&:\\?/ 和控制字符。',
  reprieve: '名称包含 1 到 64 个字母、数字或 -_.，并且以字母或数字开头。',
  alias: '别名包含 1 到 64 个字母、数字或 -_.，并且以字母或数字开头。',
  tag: '标记名称包含 1 到 512 个字符，不能含有 <>%&\\?/；其值最多 256 个字符。',
}
