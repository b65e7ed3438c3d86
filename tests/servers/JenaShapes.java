// Apache Jena's SHACL engine, from Debian's jars, for many graphs in one process. Its own command takes a JVM for each.
// `java -cp JARS JenaShapes` reads lines from standard input, the path of shapes and that of data with a tab between
// them, both Turtle, and answers each with the validation report as N-Triples, or with `# ` and why there is none, and
// an empty line. `java -cp JARS JenaShapes FOLDER SIZE SHAPES…` validates the records of a folder for a benchmark, SIZE
// at a time or all of them at once where that is 0, and prints how many results there are.
import java.io.BufferedReader;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.jena.graph.Graph;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFDataMgr;
import org.apache.jena.riot.RDFParser;
import org.apache.jena.riot.lang.LabelToNode;
import org.apache.jena.riot.system.ErrorHandlerFactory;
import org.apache.jena.shacl.ShaclValidator;
import org.apache.jena.shacl.Shapes;
import org.apache.jena.sparql.graph.GraphFactory;

public class JenaShapes {
  public static void main(String[] arguments) throws IOException {
    if (arguments.length == 0) {
      answer();
    } else {
      List<String> shapes = Arrays.asList(arguments).subList(2, arguments.length);
      System.out.println(count(Path.of(arguments[0]), Integer.parseInt(arguments[1]), shapes));
    }
  }

  private static void answer() throws IOException {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String known = null;
    Shapes shapes = null;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] paths = line.split("\t");
      try {
        if (!paths[0].equals(known)) {
          shapes = Shapes.parse(read(paths[0]));
          known = paths[0];
        }
        RDFDataMgr.write(out, ShaclValidator.get().validate(shapes, read(paths[1])).getGraph(), Lang.NTRIPLES);
      } catch (RuntimeException failed) {
        known = null;

        out.println("# " + String.valueOf(failed).replace('\n', ' '));
      }
      out.println();
      out.flush();
    }
  }

  /** Reads Turtle into a graph that tells 1 from 01, with the blank nodes named as they are there. */
  private static Graph read(String path) {
    Graph graph = GraphFactory.createDefaultGraph();
    RDFParser.source(path)
        .lang(Lang.TURTLE)
        .labelToNode(LabelToNode.createUseLabelAsGiven())
        .errorHandler(ErrorHandlerFactory.errorHandlerNoWarnings)
        .parse(graph);
    return graph;
  }

  private static int count(Path folder, int size, List<String> paths) throws IOException {
    Graph known = GraphFactory.createDefaultGraph();
    paths.forEach(path -> RDFDataMgr.read(known, path));
    Shapes shapes = Shapes.parse(known);
    int found = 0;
    try (InputStream records = new BufferedInputStream(Files.newInputStream(folder.resolve("triples.nt")), 1 << 18);
        BufferedReader lengths = Files.newBufferedReader(folder.resolve("lengths"))) {
      if (size == 0) {
        return count(shapes, records);
      }
      int bytes = 0;
      int taken = 0;
      for (String line = lengths.readLine(); line != null; line = lengths.readLine()) {
        bytes += Integer.parseInt(line.split(" ")[1]);
        if (++taken == size) {
          found += count(shapes, new ByteArrayInputStream(records.readNBytes(bytes)));
          bytes = 0;
          taken = 0;
        }
      }
      return taken == 0 ? found : found + count(shapes, records);
    }
  }

  private static int count(Shapes shapes, InputStream records) {
    Graph graph = GraphFactory.createDefaultGraph();
    RDFParser.source(records).lang(Lang.NTRIPLES).errorHandler(ErrorHandlerFactory.errorHandlerNoWarnings).parse(graph);
    return ShaclValidator.get().validate(shapes, graph).getEntries().size();
  }
}
