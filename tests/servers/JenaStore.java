// A SPARQL 1.1 store on loopback for tests: Apache Jena's TDB2 and ARQ, from Debian's jars, behind the JDK's own
// HTTP server, since Debian has no Fuseki. Single-file source: `java -cp JARS JenaStore.java PORT FOLDER [USER:PASSWORD]`.
// It answers queries at /query, updates at /update, and the Graph Store Protocol at /data?graph=IRI, where N-Quads are
// added to their own graphs; who signs in by basic authentication may change it. Each request is one transaction.
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.jena.query.Dataset;
import org.apache.jena.query.Query;
import org.apache.jena.query.QueryCancelledException;
import org.apache.jena.query.QueryException;
import org.apache.jena.query.QueryExecution;
import org.apache.jena.query.QueryFactory;
import org.apache.jena.query.ReadWrite;
import org.apache.jena.query.ResultSetFormatter;
import org.apache.jena.query.Syntax;
import org.apache.jena.rdf.model.Model;
import org.apache.jena.rdf.model.ModelFactory;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFDataMgr;
import org.apache.jena.riot.RDFLanguages;
import org.apache.jena.riot.RDFParser;
import org.apache.jena.riot.RiotException;
import org.apache.jena.riot.resultset.ResultSetLang;
import org.apache.jena.tdb2.TDB2;
import org.apache.jena.tdb2.TDB2Factory;
import org.apache.jena.update.UpdateExecutionFactory;
import org.apache.jena.update.UpdateFactory;
import org.apache.jena.update.UpdateRequest;

public class JenaStore {
  private static final long MOST_SECONDS = 60;
  /** As Fuseki has it until version 5.4, where its server is Jetty as it comes. */
  private static final int LONGEST_FORM = 200_000;

  private final Dataset dataset;
  private final String account;

  private JenaStore(Dataset dataset, String account) {
    this.dataset = dataset;
    this.account = account;
  }

  public static void main(String[] arguments) throws IOException {
    String account = arguments.length > 2
        ? "Basic " + Base64.getEncoder().encodeToString(arguments[2].getBytes(StandardCharsets.UTF_8))
        : null;
    JenaStore store = new JenaStore(TDB2Factory.connectDataset(arguments[1]), account);
    HttpServer server = HttpServer.create(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0])), 50);
    server.setExecutor(Executors.newFixedThreadPool(8));
    server.createContext("/query", exchange -> answer(exchange, store::query));
    server.createContext("/update", exchange -> answer(exchange, store::update));
    server.createContext("/data", exchange -> answer(exchange, store::data));
    server.start();
  }

  private interface Operation {
    void run(HttpExchange exchange) throws IOException;
  }

  /** Why a request is not done, and the status that says so. */
  private static class Refused extends RuntimeException {
    final int status;

    Refused(int status, String reason) {
      super(reason);
      this.status = status;
    }
  }

  private static void answer(HttpExchange exchange, Operation operation) throws IOException {
    try (exchange) {
      try {
        operation.run(exchange);
      } catch (Refused refused) {
        send(exchange, refused.status, "text/plain", refused.getMessage().getBytes(StandardCharsets.UTF_8));
      } catch (QueryCancelledException late) {
        send(exchange, 503, "text/plain", "too slow".getBytes(StandardCharsets.UTF_8));
      } catch (QueryException | RiotException wrong) {
        send(exchange, 400, "text/plain", String.valueOf(wrong.getMessage()).getBytes(StandardCharsets.UTF_8));
      } catch (RuntimeException failed) {
        failed.printStackTrace();
        send(exchange, 500, "text/plain", String.valueOf(failed.getMessage()).getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private void query(HttpExchange exchange) throws IOException {
    String text = required(parameters(exchange), "query");
    Query query = QueryFactory.create(text, Syntax.syntaxSPARQL_11);
    String accept = String.valueOf(exchange.getRequestHeaders().getFirst("Accept"));
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    String mediaType;
    dataset.begin(ReadWrite.READ);
    // The default graph is all graphs together, as in the other stores.
    try (QueryExecution execution =
        QueryExecution.dataset(dataset)
            .query(query)
            .set(TDB2.symUnionDefaultGraph, true)
            .timeout(MOST_SECONDS, TimeUnit.SECONDS)
            .build()) {
      if (query.isConstructType() || query.isDescribeType()) {
        Lang lang = accept.contains("n-triples") ? Lang.NTRIPLES : Lang.TURTLE;
        RDFDataMgr.write(body, query.isConstructType() ? execution.execConstruct() : execution.execDescribe(), lang);
        mediaType = lang.getContentType().getContentTypeStr();
      } else {
        Lang lang = accept.contains("csv") ? ResultSetLang.RS_CSV : ResultSetLang.RS_JSON;
        if (query.isAskType()) {
          ResultSetFormatter.output(body, execution.execAsk(), lang);
        } else {
          ResultSetFormatter.output(body, execution.execSelect(), lang);
        }
        mediaType = lang.getContentType().getContentTypeStr();
      }
    } finally {
      dataset.end();
    }
    send(exchange, 200, mediaType, body.toByteArray());
  }

  private void update(HttpExchange exchange) throws IOException {
    signedIn(exchange);
    UpdateRequest request = UpdateFactory.create(required(parameters(exchange), "update"), Syntax.syntaxSPARQL_11);
    write(() -> UpdateExecutionFactory.create(request, dataset).execute());
    send(exchange, 204, null, new byte[0]);
  }

  private void data(HttpExchange exchange) throws IOException {
    if (mediaType(exchange).equals("application/n-quads")) {
      signedIn(exchange);
      RDFParser quads = RDFParser.create().source(exchange.getRequestBody()).lang(Lang.NQUADS).build();
      write(() -> quads.parse(dataset));
      send(exchange, 204, null, new byte[0]);
      return;
    }
    String graph = required(parameters(exchange), "graph");
    switch (exchange.getRequestMethod()) {
      case "GET", "HEAD" -> {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        dataset.begin(ReadWrite.READ);
        try {
          if (!dataset.containsNamedModel(graph)) {
            throw new Refused(404, "there is no such graph");
          }
          RDFDataMgr.write(body, dataset.getNamedModel(graph), Lang.NTRIPLES);
        } finally {
          dataset.end();
        }
        send(exchange, 200, Lang.NTRIPLES.getContentType().getContentTypeStr(), body.toByteArray());
      }
      case "DELETE" -> {
        signedIn(exchange);
        write(() -> dataset.removeNamedModel(graph));
        send(exchange, 204, null, new byte[0]);
      }
      case "PUT", "POST" -> {
        signedIn(exchange);
        Lang lang = RDFLanguages.contentTypeToLang(mediaType(exchange));
        if (lang == null) {
          throw new Refused(415, "unknown media type");
        }
        Model model = ModelFactory.createDefaultModel();
        RDFParser.create().source(exchange.getRequestBody()).lang(lang).base("http://127.0.0.1/").parse(model);
        boolean replace = exchange.getRequestMethod().equals("PUT");
        write(() -> {
          if (replace) {
            dataset.removeNamedModel(graph);
          }
          dataset.addNamedModel(graph, model);
        });
        send(exchange, 204, null, new byte[0]);
      }
      default -> throw new Refused(405, "this method is not allowed here");
    }
  }

  private void write(Runnable change) {
    dataset.begin(ReadWrite.WRITE);
    try {
      change.run();
      dataset.commit();
    } catch (RuntimeException failed) {
      dataset.abort();
      throw failed;
    } finally {
      dataset.end();
    }
  }

  private void signedIn(HttpExchange exchange) {
    if (account != null && !account.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"jena\"");
      throw new Refused(401, "sign in");
    }
  }

  private static String mediaType(HttpExchange exchange) {
    return String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type")).split(";")[0].trim();
  }

  /** The parameters of the address and of a form; the body that is a query or an update stands for the parameter. */
  private static Map<String, String> parameters(HttpExchange exchange) throws IOException {
    Map<String, String> found = new HashMap<>();
    decode(exchange.getRequestURI().getRawQuery(), found);
    String mediaType = mediaType(exchange);
    if (mediaType.equals("application/x-www-form-urlencoded")) {
      String form = text(exchange.getRequestBody());
      if (form.length() > LONGEST_FORM) {
        throw new Refused(500, "Form is larger than max length " + LONGEST_FORM);
      }
      decode(form, found);
    } else if (mediaType.equals("application/sparql-query")) {
      found.put("query", text(exchange.getRequestBody()));
    } else if (mediaType.equals("application/sparql-update")) {
      found.put("update", text(exchange.getRequestBody()));
    }
    return found;
  }

  private static void decode(String form, Map<String, String> found) {
    for (String pair : form == null ? new String[0] : form.split("&")) {
      String[] parts = pair.split("=", 2);
      found.put(
          URLDecoder.decode(parts[0], StandardCharsets.UTF_8),
          parts.length > 1 ? URLDecoder.decode(parts[1], StandardCharsets.UTF_8) : "");
    }
  }

  private static String text(InputStream stream) throws IOException {
    return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
  }

  private static String required(Map<String, String> parameters, String name) {
    String value = parameters.get(name);
    if (value == null) {
      throw new Refused(400, "the parameter " + name + " is missing");
    }
    return value;
  }

  private static void send(HttpExchange exchange, int status, String mediaType, byte[] body) throws IOException {
    if (mediaType != null) {
      exchange.getResponseHeaders().set("Content-Type", mediaType + "; charset=utf-8");
    }
    boolean empty = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, empty ? -1 : body.length);
    if (!empty) {
      exchange.getResponseBody().write(body);
    }
  }
}
