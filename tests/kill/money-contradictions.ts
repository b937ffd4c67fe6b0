/** That a row belongs to the account `b`. */
const ofAccount = (row: string, key = 'account_key'): string =>
  `${row}.tenant_id = b.tenant_id and ${row}.${key} = b.name_key`

/** What no row may say about money when everything is done. Each is told by its rows. */
export const moneyContradictions: { readonly [what: string]: string } = {
  'a document that does not add up': `select d.name, d.sub_total, d.total from documents d
    where d.total <> d.sub_total + d.tax or d.sub_total <>
      (select coalesce(sum(l.cost), 0) from document_lines l where l.document_id = d.document_id)`,
  'a number that is missing, or was given twice': `select s.tenant_id, s.series, s.last_number
    from document_series s where s.last_number <> (select count(distinct d.document_number)
      from documents d where d.tenant_id = s.tenant_id and left(d.name, 3) = s.series
        and d.document_number between 1 and s.last_number)`,
  'a time that is invoiced twice': `select d.name, e.name as other from documents d join documents e
      on e.tenant_id = d.tenant_id and e.account_key = d.account_key and e.type = d.type
        and e.document_id > d.document_id
        and e.period_from < d.period_to and d.period_from < e.period_to
    where d.type = 'Invoice'`,
  'a time that is invoiced and not over': `select d.name, b.billed_until from documents d
    join billing_accounts b on ${ofAccount('d')} where d.period_to > b.billed_until`,
  'a payment that does not count, or counts twice': `select d.name, d.paid from documents d
    where d.paid <> (select coalesce(sum(p.amount), 0) from payments p
      where p.document_id = d.document_id) or d.paid + d.credited > greatest(d.total, 0)`,
  'an account that is past due for nothing, or not for something': `select b.name, b.overdue_since
    from billing_accounts b where (b.overdue_since is not null) <> exists (select from documents d
      where ${ofAccount('d')} and d.type = 'Invoice' and d.overdue_at is not null
        and d.voided_at is null and d.paid + d.credited < d.total)`,
  'a charge that nobody will invoice': `select b.name, b.billed_until from billing_accounts b
    where (exists (select from subscriptions s join billable_intervals i using (subscription_id)
        where ${ofAccount('s', 'billing_account_key')}
          and (i.closed_at is null or i.closed_at > b.billed_until))
      or exists (select from late_usage l where ${ofAccount('l')} and l.document_id is null))
    and not exists (select from work w
      where w.kind = 'invoice' and w.key = b.tenant_id || '/' || b.name_key)`,
  'an invoice that is not paid and nobody asks for': `select d.name from documents d
    join billing_accounts b on ${ofAccount('d')}
    where d.type = 'Invoice' and d.paid + d.credited < d.total and b.unpaid_since is null
      and not exists (select from work w
        where w.kind = 'invoice-due' and w.key = d.tenant_id || '/' || d.name)`,
  'a term whose end nobody sees to': `select s.subscription_id, s.term_ends_at from subscriptions s
    where s.term_ends_at is not null and s.purge_started_at is null
      and not exists (select from suspensions u
        where u.subscription_id = s.subscription_id and u.reason = 'Expired')
      and not exists (select from work w where w.kind = 'end-term'
        and w.key = s.subscription_id::text and w.due_at = s.term_ends_at)`,
  'a subscription that is not suspended as its account is unpaid': `select s.subscription_id
    from subscriptions s join billing_accounts b on ${ofAccount('s', 'billing_account_key')}
    where s.purge_started_at is null and (b.unpaid_since is not null) <> exists (
      select from suspensions u
      where u.subscription_id = s.subscription_id and u.reason = 'Unpaid')`,
  'a credit that is not on its invoices': `select c.subscription_id, c.used from credits c
    where c.used > c.amount or c.used <> (select coalesce(-sum(l.cost), 0) from document_lines l
      join documents d on d.document_id = l.document_id and d.type = 'Invoice'
      where l.subscription_id = c.subscription_id and l.kind = 'credit')`,
}
