import { ClientCommand } from '#console/client_command'

export default class ClientEnable extends ClientCommand {
  static commandName = 'client:enable'
  static description = 'Allow a site to sign people in through this one again'

  run() {
    return this.change('enable', 'switched on')
  }
}
