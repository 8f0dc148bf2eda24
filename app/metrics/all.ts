/* Every figure of `/metrics`. Each counts from the moment its file is loaded. */
import '#metrics/cluster'
import '#metrics/limits'
import '#metrics/pool'
import '#metrics/provider_calls'
import '#metrics/queues'
import '#metrics/sign_ins'
