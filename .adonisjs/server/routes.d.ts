import '@adonisjs/core/types/http'

type ParamValue = string | number | bigint | boolean

export type ScannedRoutes = {
  ALL: {
    'health.index': { paramsTuple?: []; params?: {} }
    'health.show': { paramsTuple?: []; params?: {} }
    'metrics.show': { paramsTuple?: []; params?: {} }
    'theme_sheets.show': { paramsTuple: [ParamValue]; params: {'name': ParamValue} }
    'unlink_notices.store': { paramsTuple: [ParamValue]; params: {'provider': ParamValue} }
    'home.index': { paramsTuple?: []; params?: {} }
    'documents.show': { paramsTuple: [ParamValue,ParamValue?]; params: {'key': ParamValue,'number'?: ParamValue} }
    'session.create': { paramsTuple?: []; params?: {} }
    'session.store': { paramsTuple?: []; params?: {} }
    'session.destroy': { paramsTuple?: []; params?: {} }
    'second_factor.create': { paramsTuple?: []; params?: {} }
    'second_factor.store': { paramsTuple?: []; params?: {} }
    'agreements.create': { paramsTuple?: []; params?: {} }
    'agreements.store': { paramsTuple?: []; params?: {} }
    'agreements.destroy': { paramsTuple?: []; params?: {} }
    'registration.create': { paramsTuple?: []; params?: {} }
    'registration.store': { paramsTuple?: []; params?: {} }
    'social.create': { paramsTuple: [ParamValue]; params: {'provider': ParamValue} }
    'social.store': { paramsTuple: [ParamValue]; params: {'provider': ParamValue} }
    'social.show': { paramsTuple: [ParamValue]; params: {'provider': ParamValue} }
    'waiting_trips.show': { paramsTuple: [ParamValue,ParamValue]; params: {'provider': ParamValue,'id': ParamValue} }
    'waiting_trips.destroy': { paramsTuple: [ParamValue,ParamValue]; params: {'provider': ParamValue,'id': ParamValue} }
    'proofs.show': { paramsTuple?: []; params?: {} }
    'proofs.store': { paramsTuple?: []; params?: {} }
    'codes.store': { paramsTuple?: []; params?: {} }
    'cancellations.store': { paramsTuple?: []; params?: {} }
    'completions.show': { paramsTuple?: []; params?: {} }
    'completions.store': { paramsTuple?: []; params?: {} }
    'verification_mail.create': { paramsTuple?: []; params?: {} }
    'verification_mail.store': { paramsTuple?: []; params?: {} }
    'email_verification.edit': { paramsTuple: [ParamValue,ParamValue]; params: {'id': ParamValue,'token': ParamValue} }
    'email_verification.update': { paramsTuple: [ParamValue,ParamValue]; params: {'id': ParamValue,'token': ParamValue} }
    'password_reset.create': { paramsTuple?: []; params?: {} }
    'password_reset.store': { paramsTuple?: []; params?: {} }
    'password_reset.edit': { paramsTuple: [ParamValue]; params: {'token': ParamValue} }
    'password_reset.update': { paramsTuple: [ParamValue]; params: {'token': ParamValue} }
    'interactions.show': { paramsTuple: [ParamValue]; params: {'uid': ParamValue} }
    'interactions.update': { paramsTuple: [ParamValue]; params: {'uid': ParamValue} }
    'resumptions.show': { paramsTuple: [ParamValue]; params: {'uid': ParamValue} }
    'sign_outs.show': { paramsTuple?: []; params?: {} }
    'sign_outs.create': { paramsTuple?: []; params?: {} }
    'sign_outs.store': { paramsTuple?: []; params?: {} }
    'articles.index': { paramsTuple?: []; params?: {} }
    'articles.create': { paramsTuple?: []; params?: {} }
    'articles.store': { paramsTuple?: []; params?: {} }
    'articles.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'articles.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'articles.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'inbox.index': { paramsTuple?: []; params?: {} }
    'inbox.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'account.overview.show': { paramsTuple?: []; params?: {} }
    'account.names.edit': { paramsTuple?: []; params?: {} }
    'account.names.update': { paramsTuple?: []; params?: {} }
    'account.emails.edit': { paramsTuple?: []; params?: {} }
    'account.emails.update': { paramsTuple?: []; params?: {} }
    'account.email_proofs.store': { paramsTuple?: []; params?: {} }
    'account.email_verification.show': { paramsTuple?: []; params?: {} }
    'account.passwords.edit': { paramsTuple?: []; params?: {} }
    'account.passwords.update': { paramsTuple?: []; params?: {} }
    'account.sign_in_methods.index': { paramsTuple?: []; params?: {} }
    'account.passwords.destroy': { paramsTuple?: []; params?: {} }
    'account.sign_in_methods.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'account.consents.index': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'account.consents.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'account.second_factors.show': { paramsTuple?: []; params?: {} }
    'account.second_factors.store': { paramsTuple?: []; params?: {} }
    'account.second_factors.destroy': { paramsTuple?: []; params?: {} }
    'account.second_factor_setups.edit': { paramsTuple?: []; params?: {} }
    'account.second_factor_setups.update': { paramsTuple?: []; params?: {} }
    'account.recovery_codes.store': { paramsTuple?: []; params?: {} }
    'account.reauthentications.create': { paramsTuple?: []; params?: {} }
    'account.reauthentications.store': { paramsTuple?: []; params?: {} }
    'account.reauthentications.update': { paramsTuple?: []; params?: {} }
    'account.sign_in_codes.store': { paramsTuple?: []; params?: {} }
    'account.second_factor_proofs.create': { paramsTuple?: []; params?: {} }
    'account.second_factor_proofs.store': { paramsTuple?: []; params?: {} }
    'account.devices.index': { paramsTuple?: []; params?: {} }
    'account.all_devices.destroy': { paramsTuple?: []; params?: {} }
    'account.devices.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'account.histories.show': { paramsTuple?: []; params?: {} }
    'account.sites.index': { paramsTuple?: []; params?: {} }
    'account.sites.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'account.agreements.index': { paramsTuple?: []; params?: {} }
    'account.agreements.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'account.agreements.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'account.exports.show': { paramsTuple?: []; params?: {} }
    'account.withdrawals.create': { paramsTuple?: []; params?: {} }
    'account.withdrawals.store': { paramsTuple?: []; params?: {} }
    'account.scheduled_withdrawals.store': { paramsTuple?: []; params?: {} }
    'account.scheduled_withdrawals.destroy': { paramsTuple?: []; params?: {} }
    'admin.providers.create': { paramsTuple?: []; params?: {} }
    'admin.providers.store': { paramsTuple?: []; params?: {} }
    'admin.provider_settings.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.provider_settings.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.provider_activations.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.provider_activations.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.automatic_hidings.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.notices.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.rotations.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.rotations.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.practice_keys.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.admin_keys.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.admin_keys.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.admin_keys.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.credentials.create': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.credentials.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.credential_activations.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.credential_revocations.create': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.credential_revocations.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.settings.edit': { paramsTuple?: []; params?: {} }
    'admin.previews.show': { paramsTuple?: []; params?: {} }
    'admin.settings.update': { paramsTuple?: []; params?: {} }
    'admin.documents.index': { paramsTuple?: []; params?: {} }
    'admin.agreement_exports.store': { paramsTuple?: []; params?: {} }
    'admin.age_questions.update': { paramsTuple?: []; params?: {} }
    'admin.document_orders.update': { paramsTuple?: []; params?: {} }
    'admin.documents.create': { paramsTuple?: []; params?: {} }
    'admin.documents.store': { paramsTuple?: []; params?: {} }
    'admin.documents.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.documents.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.document_versions.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.security.show': { paramsTuple?: []; params?: {} }
    'admin.second_factor_requirements.store': { paramsTuple?: []; params?: {} }
    'admin.second_factor_requirements.destroy': { paramsTuple?: []; params?: {} }
    'admin.credential_checks.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.trials.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.clients.create': { paramsTuple?: []; params?: {} }
    'admin.clients.store': { paramsTuple?: []; params?: {} }
    'admin.client_settings.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_settings.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_activations.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_activations.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_deletions.create': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_deletions.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_secrets.index': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_secrets.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_secret_roll_backs.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_secret_revocations.create': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_secret_revocations.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_trials.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.signing_keys.index': { paramsTuple?: []; params?: {} }
    'admin.signing_keys.store': { paramsTuple?: []; params?: {} }
    'admin.home': { paramsTuple?: []; params?: {} }
    'admin.providers.index': { paramsTuple?: []; params?: {} }
    'admin.provider_orders.update': { paramsTuple?: []; params?: {} }
    'admin.providers.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.notices.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.provider_previews.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.set_up_ticks.store': { paramsTuple: [ParamValue,ParamValue]; params: {'id': ParamValue,'step': ParamValue} }
    'admin.set_up_ticks.destroy': { paramsTuple: [ParamValue,ParamValue]; params: {'id': ParamValue,'step': ParamValue} }
    'admin.provider_health.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.trials.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.clients.index': { paramsTuple?: []; params?: {} }
    'admin.clients.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_trials.show': { paramsTuple?: []; params?: {} }
    'admin.trial_departures.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.transfer.transfers.show': { paramsTuple?: []; params?: {} }
    'admin.transfer.exports.store': { paramsTuple?: []; params?: {} }
    'admin.transfer.imports.create': { paramsTuple?: []; params?: {} }
    'admin.transfer.imports.store': { paramsTuple?: []; params?: {} }
    'admin.mails.index': { paramsTuple?: []; params?: {} }
    'admin.trial_mails.store': { paramsTuple?: []; params?: {} }
    'admin.mails.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.mails.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.site_messages.index': { paramsTuple?: []; params?: {} }
    'admin.site_messages.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.site_messages.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_messages.index': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.webhook_secrets.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.webhook_activations.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.webhook_activations.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.revocations.index': { paramsTuple?: []; params?: {} }
    'admin.revocations.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.revocations.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.users.index': { paramsTuple?: []; params?: {} }
    'admin.users.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.sign_ins.index': { paramsTuple?: []; params?: {} }
    'admin.sign_ins.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.audit.index': { paramsTuple?: []; params?: {} }
    'admin.audit_exports.store': { paramsTuple?: []; params?: {} }
    'admin.suspensions.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.suspensions.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.administrators.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.administrators.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.devices.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
  }
  GET: {
    'health.index': { paramsTuple?: []; params?: {} }
    'health.show': { paramsTuple?: []; params?: {} }
    'metrics.show': { paramsTuple?: []; params?: {} }
    'theme_sheets.show': { paramsTuple: [ParamValue]; params: {'name': ParamValue} }
    'unlink_notices.store': { paramsTuple: [ParamValue]; params: {'provider': ParamValue} }
    'home.index': { paramsTuple?: []; params?: {} }
    'documents.show': { paramsTuple: [ParamValue,ParamValue?]; params: {'key': ParamValue,'number'?: ParamValue} }
    'session.create': { paramsTuple?: []; params?: {} }
    'second_factor.create': { paramsTuple?: []; params?: {} }
    'agreements.create': { paramsTuple?: []; params?: {} }
    'registration.create': { paramsTuple?: []; params?: {} }
    'social.create': { paramsTuple: [ParamValue]; params: {'provider': ParamValue} }
    'social.show': { paramsTuple: [ParamValue]; params: {'provider': ParamValue} }
    'waiting_trips.show': { paramsTuple: [ParamValue,ParamValue]; params: {'provider': ParamValue,'id': ParamValue} }
    'proofs.show': { paramsTuple?: []; params?: {} }
    'completions.show': { paramsTuple?: []; params?: {} }
    'verification_mail.create': { paramsTuple?: []; params?: {} }
    'email_verification.edit': { paramsTuple: [ParamValue,ParamValue]; params: {'id': ParamValue,'token': ParamValue} }
    'password_reset.create': { paramsTuple?: []; params?: {} }
    'password_reset.edit': { paramsTuple: [ParamValue]; params: {'token': ParamValue} }
    'interactions.show': { paramsTuple: [ParamValue]; params: {'uid': ParamValue} }
    'resumptions.show': { paramsTuple: [ParamValue]; params: {'uid': ParamValue} }
    'sign_outs.show': { paramsTuple?: []; params?: {} }
    'articles.index': { paramsTuple?: []; params?: {} }
    'articles.create': { paramsTuple?: []; params?: {} }
    'articles.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'articles.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'inbox.index': { paramsTuple?: []; params?: {} }
    'inbox.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'account.overview.show': { paramsTuple?: []; params?: {} }
    'account.names.edit': { paramsTuple?: []; params?: {} }
    'account.emails.edit': { paramsTuple?: []; params?: {} }
    'account.email_verification.show': { paramsTuple?: []; params?: {} }
    'account.passwords.edit': { paramsTuple?: []; params?: {} }
    'account.sign_in_methods.index': { paramsTuple?: []; params?: {} }
    'account.consents.index': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'account.second_factors.show': { paramsTuple?: []; params?: {} }
    'account.second_factor_setups.edit': { paramsTuple?: []; params?: {} }
    'account.reauthentications.create': { paramsTuple?: []; params?: {} }
    'account.second_factor_proofs.create': { paramsTuple?: []; params?: {} }
    'account.devices.index': { paramsTuple?: []; params?: {} }
    'account.histories.show': { paramsTuple?: []; params?: {} }
    'account.sites.index': { paramsTuple?: []; params?: {} }
    'account.agreements.index': { paramsTuple?: []; params?: {} }
    'account.exports.show': { paramsTuple?: []; params?: {} }
    'account.withdrawals.create': { paramsTuple?: []; params?: {} }
    'admin.providers.create': { paramsTuple?: []; params?: {} }
    'admin.provider_settings.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.rotations.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.admin_keys.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.credentials.create': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.credential_revocations.create': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.settings.edit': { paramsTuple?: []; params?: {} }
    'admin.previews.show': { paramsTuple?: []; params?: {} }
    'admin.documents.index': { paramsTuple?: []; params?: {} }
    'admin.documents.create': { paramsTuple?: []; params?: {} }
    'admin.documents.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.security.show': { paramsTuple?: []; params?: {} }
    'admin.clients.create': { paramsTuple?: []; params?: {} }
    'admin.client_settings.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_deletions.create': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_secrets.index': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_secret_revocations.create': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.signing_keys.index': { paramsTuple?: []; params?: {} }
    'admin.home': { paramsTuple?: []; params?: {} }
    'admin.providers.index': { paramsTuple?: []; params?: {} }
    'admin.providers.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.notices.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.provider_previews.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.provider_health.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.trials.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.clients.index': { paramsTuple?: []; params?: {} }
    'admin.clients.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_trials.show': { paramsTuple?: []; params?: {} }
    'admin.transfer.transfers.show': { paramsTuple?: []; params?: {} }
    'admin.mails.index': { paramsTuple?: []; params?: {} }
    'admin.site_messages.index': { paramsTuple?: []; params?: {} }
    'admin.client_messages.index': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.revocations.index': { paramsTuple?: []; params?: {} }
    'admin.users.index': { paramsTuple?: []; params?: {} }
    'admin.users.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.sign_ins.index': { paramsTuple?: []; params?: {} }
    'admin.sign_ins.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.audit.index': { paramsTuple?: []; params?: {} }
  }
  HEAD: {
    'health.index': { paramsTuple?: []; params?: {} }
    'health.show': { paramsTuple?: []; params?: {} }
    'metrics.show': { paramsTuple?: []; params?: {} }
    'theme_sheets.show': { paramsTuple: [ParamValue]; params: {'name': ParamValue} }
    'home.index': { paramsTuple?: []; params?: {} }
    'documents.show': { paramsTuple: [ParamValue,ParamValue?]; params: {'key': ParamValue,'number'?: ParamValue} }
    'session.create': { paramsTuple?: []; params?: {} }
    'second_factor.create': { paramsTuple?: []; params?: {} }
    'agreements.create': { paramsTuple?: []; params?: {} }
    'registration.create': { paramsTuple?: []; params?: {} }
    'social.create': { paramsTuple: [ParamValue]; params: {'provider': ParamValue} }
    'social.show': { paramsTuple: [ParamValue]; params: {'provider': ParamValue} }
    'waiting_trips.show': { paramsTuple: [ParamValue,ParamValue]; params: {'provider': ParamValue,'id': ParamValue} }
    'proofs.show': { paramsTuple?: []; params?: {} }
    'completions.show': { paramsTuple?: []; params?: {} }
    'verification_mail.create': { paramsTuple?: []; params?: {} }
    'email_verification.edit': { paramsTuple: [ParamValue,ParamValue]; params: {'id': ParamValue,'token': ParamValue} }
    'password_reset.create': { paramsTuple?: []; params?: {} }
    'password_reset.edit': { paramsTuple: [ParamValue]; params: {'token': ParamValue} }
    'interactions.show': { paramsTuple: [ParamValue]; params: {'uid': ParamValue} }
    'resumptions.show': { paramsTuple: [ParamValue]; params: {'uid': ParamValue} }
    'sign_outs.show': { paramsTuple?: []; params?: {} }
    'articles.index': { paramsTuple?: []; params?: {} }
    'articles.create': { paramsTuple?: []; params?: {} }
    'articles.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'articles.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'inbox.index': { paramsTuple?: []; params?: {} }
    'inbox.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'account.overview.show': { paramsTuple?: []; params?: {} }
    'account.names.edit': { paramsTuple?: []; params?: {} }
    'account.emails.edit': { paramsTuple?: []; params?: {} }
    'account.email_verification.show': { paramsTuple?: []; params?: {} }
    'account.passwords.edit': { paramsTuple?: []; params?: {} }
    'account.sign_in_methods.index': { paramsTuple?: []; params?: {} }
    'account.consents.index': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'account.second_factors.show': { paramsTuple?: []; params?: {} }
    'account.second_factor_setups.edit': { paramsTuple?: []; params?: {} }
    'account.reauthentications.create': { paramsTuple?: []; params?: {} }
    'account.second_factor_proofs.create': { paramsTuple?: []; params?: {} }
    'account.devices.index': { paramsTuple?: []; params?: {} }
    'account.histories.show': { paramsTuple?: []; params?: {} }
    'account.sites.index': { paramsTuple?: []; params?: {} }
    'account.agreements.index': { paramsTuple?: []; params?: {} }
    'account.exports.show': { paramsTuple?: []; params?: {} }
    'account.withdrawals.create': { paramsTuple?: []; params?: {} }
    'admin.providers.create': { paramsTuple?: []; params?: {} }
    'admin.provider_settings.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.rotations.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.admin_keys.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.credentials.create': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.credential_revocations.create': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.settings.edit': { paramsTuple?: []; params?: {} }
    'admin.previews.show': { paramsTuple?: []; params?: {} }
    'admin.documents.index': { paramsTuple?: []; params?: {} }
    'admin.documents.create': { paramsTuple?: []; params?: {} }
    'admin.documents.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.security.show': { paramsTuple?: []; params?: {} }
    'admin.clients.create': { paramsTuple?: []; params?: {} }
    'admin.client_settings.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_deletions.create': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_secrets.index': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_secret_revocations.create': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.signing_keys.index': { paramsTuple?: []; params?: {} }
    'admin.home': { paramsTuple?: []; params?: {} }
    'admin.providers.index': { paramsTuple?: []; params?: {} }
    'admin.providers.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.notices.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.provider_previews.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.provider_health.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.trials.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.clients.index': { paramsTuple?: []; params?: {} }
    'admin.clients.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_trials.show': { paramsTuple?: []; params?: {} }
    'admin.transfer.transfers.show': { paramsTuple?: []; params?: {} }
    'admin.mails.index': { paramsTuple?: []; params?: {} }
    'admin.site_messages.index': { paramsTuple?: []; params?: {} }
    'admin.client_messages.index': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.revocations.index': { paramsTuple?: []; params?: {} }
    'admin.users.index': { paramsTuple?: []; params?: {} }
    'admin.users.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.sign_ins.index': { paramsTuple?: []; params?: {} }
    'admin.sign_ins.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.audit.index': { paramsTuple?: []; params?: {} }
  }
  POST: {
    'unlink_notices.store': { paramsTuple: [ParamValue]; params: {'provider': ParamValue} }
    'session.store': { paramsTuple?: []; params?: {} }
    'session.destroy': { paramsTuple?: []; params?: {} }
    'second_factor.store': { paramsTuple?: []; params?: {} }
    'agreements.store': { paramsTuple?: []; params?: {} }
    'agreements.destroy': { paramsTuple?: []; params?: {} }
    'registration.store': { paramsTuple?: []; params?: {} }
    'social.store': { paramsTuple: [ParamValue]; params: {'provider': ParamValue} }
    'waiting_trips.destroy': { paramsTuple: [ParamValue,ParamValue]; params: {'provider': ParamValue,'id': ParamValue} }
    'proofs.store': { paramsTuple?: []; params?: {} }
    'codes.store': { paramsTuple?: []; params?: {} }
    'cancellations.store': { paramsTuple?: []; params?: {} }
    'completions.store': { paramsTuple?: []; params?: {} }
    'verification_mail.store': { paramsTuple?: []; params?: {} }
    'email_verification.update': { paramsTuple: [ParamValue,ParamValue]; params: {'id': ParamValue,'token': ParamValue} }
    'password_reset.store': { paramsTuple?: []; params?: {} }
    'password_reset.update': { paramsTuple: [ParamValue]; params: {'token': ParamValue} }
    'interactions.update': { paramsTuple: [ParamValue]; params: {'uid': ParamValue} }
    'sign_outs.create': { paramsTuple?: []; params?: {} }
    'sign_outs.store': { paramsTuple?: []; params?: {} }
    'articles.store': { paramsTuple?: []; params?: {} }
    'articles.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'account.names.update': { paramsTuple?: []; params?: {} }
    'account.emails.update': { paramsTuple?: []; params?: {} }
    'account.email_proofs.store': { paramsTuple?: []; params?: {} }
    'account.passwords.update': { paramsTuple?: []; params?: {} }
    'account.passwords.destroy': { paramsTuple?: []; params?: {} }
    'account.sign_in_methods.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'account.consents.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'account.second_factors.store': { paramsTuple?: []; params?: {} }
    'account.second_factors.destroy': { paramsTuple?: []; params?: {} }
    'account.second_factor_setups.update': { paramsTuple?: []; params?: {} }
    'account.recovery_codes.store': { paramsTuple?: []; params?: {} }
    'account.reauthentications.store': { paramsTuple?: []; params?: {} }
    'account.reauthentications.update': { paramsTuple?: []; params?: {} }
    'account.sign_in_codes.store': { paramsTuple?: []; params?: {} }
    'account.second_factor_proofs.store': { paramsTuple?: []; params?: {} }
    'account.all_devices.destroy': { paramsTuple?: []; params?: {} }
    'account.devices.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'account.sites.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'account.agreements.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'account.agreements.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'account.withdrawals.store': { paramsTuple?: []; params?: {} }
    'account.scheduled_withdrawals.store': { paramsTuple?: []; params?: {} }
    'account.scheduled_withdrawals.destroy': { paramsTuple?: []; params?: {} }
    'admin.providers.store': { paramsTuple?: []; params?: {} }
    'admin.provider_settings.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.provider_activations.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.provider_activations.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.automatic_hidings.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.notices.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.rotations.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.practice_keys.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.admin_keys.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.admin_keys.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.credentials.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.credential_activations.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.credential_revocations.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.settings.update': { paramsTuple?: []; params?: {} }
    'admin.agreement_exports.store': { paramsTuple?: []; params?: {} }
    'admin.age_questions.update': { paramsTuple?: []; params?: {} }
    'admin.document_orders.update': { paramsTuple?: []; params?: {} }
    'admin.documents.store': { paramsTuple?: []; params?: {} }
    'admin.documents.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.document_versions.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.second_factor_requirements.store': { paramsTuple?: []; params?: {} }
    'admin.second_factor_requirements.destroy': { paramsTuple?: []; params?: {} }
    'admin.credential_checks.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.trials.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.clients.store': { paramsTuple?: []; params?: {} }
    'admin.client_settings.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_activations.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_activations.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_deletions.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_secrets.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_secret_roll_backs.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_secret_revocations.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.client_trials.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.signing_keys.store': { paramsTuple?: []; params?: {} }
    'admin.provider_orders.update': { paramsTuple?: []; params?: {} }
    'admin.set_up_ticks.store': { paramsTuple: [ParamValue,ParamValue]; params: {'id': ParamValue,'step': ParamValue} }
    'admin.set_up_ticks.destroy': { paramsTuple: [ParamValue,ParamValue]; params: {'id': ParamValue,'step': ParamValue} }
    'admin.trial_departures.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.transfer.exports.store': { paramsTuple?: []; params?: {} }
    'admin.transfer.imports.create': { paramsTuple?: []; params?: {} }
    'admin.transfer.imports.store': { paramsTuple?: []; params?: {} }
    'admin.trial_mails.store': { paramsTuple?: []; params?: {} }
    'admin.mails.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.mails.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.site_messages.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.site_messages.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.webhook_secrets.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.webhook_activations.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.webhook_activations.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.revocations.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.revocations.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.audit_exports.store': { paramsTuple?: []; params?: {} }
    'admin.suspensions.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.suspensions.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.administrators.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.administrators.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.devices.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
  }
}
declare module '@adonisjs/core/types/http' {
  export interface RoutesList extends ScannedRoutes {}
}