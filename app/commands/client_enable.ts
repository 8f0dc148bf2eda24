import { ClientCommand } from '#console/client_command'

export default class ClientEnable extends ClientCommand {
  static commandName = 'client:enable'
  static description = 'Let a site sign in through this one again'

  run() {
    return this.change('enable', 'switched on')
  }
}
