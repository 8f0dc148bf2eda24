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
    'pending_identity.show': { paramsTuple?: []; params?: {} }
    'pending_identity.store': { paramsTuple?: []; params?: {} }
    'pending_identity.destroy': { paramsTuple?: []; params?: {} }
  }
  GET: {
    'health.index': { paramsTuple?: []; params?: {} }
    'health.show': { paramsTuple?: []; params?: {} }
    'home.index': { paramsTuple?: []; params?: {} }
    'session.create': { paramsTuple?: []; params?: {} }
    'registration.create': { paramsTuple?: []; params?: {} }
    'social.show': { paramsTuple: [ParamValue]; params: {'provider': ParamValue} }
    'pending_identity.show': { paramsTuple?: []; params?: {} }
  }
  HEAD: {
    'health.index': { paramsTuple?: []; params?: {} }
    'health.show': { paramsTuple?: []; params?: {} }
    'home.index': { paramsTuple?: []; params?: {} }
    'session.create': { paramsTuple?: []; params?: {} }
    'registration.create': { paramsTuple?: []; params?: {} }
    'social.show': { paramsTuple: [ParamValue]; params: {'provider': ParamValue} }
    'pending_identity.show': { paramsTuple?: []; params?: {} }
  }
  POST: {
    'session.store': { paramsTuple?: []; params?: {} }
    'session.destroy': { paramsTuple?: []; params?: {} }
    'social.store': { paramsTuple: [ParamValue]; params: {'provider': ParamValue} }
    'pending_identity.store': { paramsTuple?: []; params?: {} }
    'pending_identity.destroy': { paramsTuple?: []; params?: {} }
  }
}
declare module '@adonisjs/core/types/http' {
  export interface RoutesList extends ScannedRoutes {}
}