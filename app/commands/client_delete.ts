import { ClientCommand } from '#console/client_command'

export default class ClientDelete extends ClientCommand {
  static commandName = 'client:delete'
  static description = 'Forget a site and end what it was given'

  run() {
    return this.change('delete', 'deleted')
  }
}
