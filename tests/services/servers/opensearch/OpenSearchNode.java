import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.opensearch.Version;
import org.opensearch.common.settings.Settings;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.PluginInfo;

/** One OpenSearch node with the modules that search needs. Arguments: home directory, HTTP port. */
public class OpenSearchNode extends Node {
  OpenSearchNode(Settings settings, List<PluginInfo> modules) {
    super(InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> "node-1"), modules, false);
  }

  static PluginInfo module(String name) {
    return new PluginInfo(name, name, Version.CURRENT.toString(), Version.CURRENT, "21", name, List.of(), false);
  }

  public static void main(String[] args) throws Exception {
    Settings settings =
        Settings.builder()
            .put("path.home", args[0])
            .put("http.port", args[1])
            .put("network.host", "127.0.0.1")
            .put("cluster.name", "parley-test")
            .put("node.name", "node-1")
            .put("discovery.type", "single-node")
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .build();
    Node node =
        new OpenSearchNode(
            settings,
            Stream.of(
                    "org.opensearch.transport.Netty4ModulePlugin",
                    "org.opensearch.analysis.common.CommonAnalysisModulePlugin",
                    "org.opensearch.index.mapper.MapperExtrasModulePlugin",
                    "org.opensearch.painless.PainlessModulePlugin")
                .map(OpenSearchNode::module)
                .toList());
    node.start();
    Thread.currentThread().join();
  }
}
