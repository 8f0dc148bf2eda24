import { ClientCommand } from '#console/client_command'

export default class ClientDelete extends ClientCommand {
  static commandName = 'client:delete'
  static description = 'Delete a site and end everything it was given'

  run() {
    return this.change('delete', 'deleted')
  }
}
