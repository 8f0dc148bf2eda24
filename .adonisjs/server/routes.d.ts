import '@adonisjs/core/types/http'

type ParamValue = string | number | bigint | boolean

export type ScannedRoutes = {
  ALL: {
    'health.index': { paramsTuple?: []; params?: {} }
    'health.show': { paramsTuple?: []; params?: {} }
    'home.index': { paramsTuple?: []; params?: {} }
    'session.create': { paramsTuple?: []; params?: {} }
    'session.store': { paramsTuple?: []; params?: {} }
    'session.destroy': { paramsTuple?: []; params?: {} }
    'registration.create': { paramsTuple?: []; params?: {} }
    'social.store': { paramsTuple: [ParamValue]; params: {'provider': ParamValue} }
    'social.show': { paramsTuple: [ParamValue]; params: {'provider': ParamValue} }
    'proofs.show': { paramsTuple?: []; params?: {} }
    'proofs.store': { paramsTuple?: []; params?: {} }
    'codes.store': { paramsTuple?: []; params?: {} }
    'cancellations.store': { paramsTuple?: []; params?: {} }
    'completions.show': { paramsTuple?: []; params?: {} }
    'completions.store': { paramsTuple?: []; params?: {} }
    'articles.index': { paramsTuple?: []; params?: {} }
    'articles.create': { paramsTuple?: []; params?: {} }
    'articles.store': { paramsTuple?: []; params?: {} }
    'articles.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'articles.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'articles.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.home': { paramsTuple?: []; params?: {} }
    'admin.providers.index': { paramsTuple?: []; params?: {} }
    'admin.providers.create': { paramsTuple?: []; params?: {} }
    'admin.providers.store': { paramsTuple?: []; params?: {} }
    'admin.providers.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.provider_settings.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.provider_settings.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.provider_activations.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.provider_activations.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.credentials.create': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.credentials.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.credential_activations.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.credential_revocations.create': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.credential_revocations.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
  }
  GET: {
    'health.index': { paramsTuple?: []; params?: {} }
    'health.show': { paramsTuple?: []; params?: {} }
    'home.index': { paramsTuple?: []; params?: {} }
    'session.create': { paramsTuple?: []; params?: {} }
    'registration.create': { paramsTuple?: []; params?: {} }
    'social.show': { paramsTuple: [ParamValue]; params: {'provider': ParamValue} }
    'proofs.show': { paramsTuple?: []; params?: {} }
    'completions.show': { paramsTuple?: []; params?: {} }
    'articles.index': { paramsTuple?: []; params?: {} }
    'articles.create': { paramsTuple?: []; params?: {} }
    'articles.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'articles.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.home': { paramsTuple?: []; params?: {} }
    'admin.providers.index': { paramsTuple?: []; params?: {} }
    'admin.providers.create': { paramsTuple?: []; params?: {} }
    'admin.providers.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.provider_settings.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.credentials.create': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.credential_revocations.create': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
  }
  HEAD: {
    'health.index': { paramsTuple?: []; params?: {} }
    'health.show': { paramsTuple?: []; params?: {} }
    'home.index': { paramsTuple?: []; params?: {} }
    'session.create': { paramsTuple?: []; params?: {} }
    'registration.create': { paramsTuple?: []; params?: {} }
    'social.show': { paramsTuple: [ParamValue]; params: {'provider': ParamValue} }
    'proofs.show': { paramsTuple?: []; params?: {} }
    'completions.show': { paramsTuple?: []; params?: {} }
    'articles.index': { paramsTuple?: []; params?: {} }
    'articles.create': { paramsTuple?: []; params?: {} }
    'articles.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'articles.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.home': { paramsTuple?: []; params?: {} }
    'admin.providers.index': { paramsTuple?: []; params?: {} }
    'admin.providers.create': { paramsTuple?: []; params?: {} }
    'admin.providers.show': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.provider_settings.edit': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.credentials.create': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.credential_revocations.create': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
  }
  POST: {
    'session.store': { paramsTuple?: []; params?: {} }
    'session.destroy': { paramsTuple?: []; params?: {} }
    'social.store': { paramsTuple: [ParamValue]; params: {'provider': ParamValue} }
    'proofs.store': { paramsTuple?: []; params?: {} }
    'codes.store': { paramsTuple?: []; params?: {} }
    'cancellations.store': { paramsTuple?: []; params?: {} }
    'completions.store': { paramsTuple?: []; params?: {} }
    'articles.store': { paramsTuple?: []; params?: {} }
    'articles.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.providers.store': { paramsTuple?: []; params?: {} }
    'admin.provider_settings.update': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.provider_activations.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.provider_activations.destroy': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.credentials.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.credential_activations.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
    'admin.credential_revocations.store': { paramsTuple: [ParamValue]; params: {'id': ParamValue} }
  }
}
declare module '@adonisjs/core/types/http' {
  export interface RoutesList extends ScannedRoutes {}
}