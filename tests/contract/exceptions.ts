import type { Problem } from './exchange.ts'

/** A difference from the published description that is meant, and why. */
export type Exception = {
  /** The swagger's operation, or the beginning of several; `*` for all. */
  readonly operation: string
  readonly code: string
  /** A part of where it is; absent: anywhere. */
  readonly where?: string
  readonly message?: RegExp
  readonly reason: string
}

/** Every accepted difference. One that no answer of the whole suite needs any more fails it. */
export const exceptions: readonly Exception[] = [
  {
    operation: 'StorageAccounts_*',
    code: 'INVALID_RESPONSE_CODE',
    message: /does not define '4\d\d'/,
    reason: 'This swagger names no error at all; the answers are errors as ARM words them.',
  },
  {
    operation: 'Operations_List',
    code: 'INVALID_RESPONSE_CODE',
    message: /does not define '4\d\d'/,
    reason: 'The same swagger, of storage, names none here either.',
  },
  {
    operation: 'StorageAccounts_*',
    code: 'OBJECT_ADDITIONAL_PROPERTIES',
    where: 'systemData',
    reason: 'Shown to clients that ask for 2025-08-01 or later, which describe it.',
  },
  {
    operation: 'Operations_List',
    code: 'OBJECT_ADDITIONAL_PROPERTIES',
    where: 'isDataAction',
    reason: "ARM's own contract has it for every namespace, and role editors ask for it.",
  },
  {
    operation: 'ResourceGroups_*',
    code: 'REQUEST_PATTERN',
    where: 'resourceGroupName',
    reason: 'ARM takes letters of any language; the pattern is read as if it said ASCII only.',
  },
  {
    operation: 'UsageDetails_List',
    code: 'OBJECT_ADDITIONAL_PROPERTIES',
    message: /(usage|billable|pretax|instance|additional)\w+$|(currency|isEstimated|Guid|unit)$/,
    reason: 'In the version of the command line, which reads the names of an older form.',
  },
  ...['billingAccountName', 'invoiceName'].map((name) => ({
    operation: '*',
    code: 'REQUEST_PATTERN',
    where: `.path.${name}`,
    reason: 'Whoever runs this names his accounts; invoices have the numbers of their series.',
  })),
]

export function findException(problem: Problem): Exception | null {
  return (
    exceptions.find(
      ({ operation, code, where, message }) =>
        (operation.endsWith('*')
          ? problem.operation.startsWith(operation.slice(0, -1))
          : problem.operation === operation) &&
        problem.code === code &&
        (where === undefined || problem.where.includes(where)) &&
        (message === undefined || message.test(problem.message)),
    ) ?? null
  )
}
