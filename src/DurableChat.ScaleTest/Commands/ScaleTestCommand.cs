using System.CommandLine;
using DurableChat.ScaleTest.Faults;
using DurableChat.ScaleTest.Mock;
using DurableChat.ScaleTest.Running;
using DurableChat.ScaleTest.Scenarios;
using DurableChat.ScaleTest.Wire;

namespace DurableChat.ScaleTest.Commands;

/// <summary>The command that runs the scale test.</summary>
public static class ScaleTestCommand
{
    /// <summary>Its name on the command line.</summary>
    public const string Name = "scaletest";

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var bed = new BedOptions();
        var normal = new LoadOptions();
        var scenario = new Option<string>("--scenario")
        {
            Description = Scenario.Describe(),
            DefaultValueFactory = _ => "storm",
        };
        scenario.AcceptOnlyFromAmong([.. Scenario.Names]);
        var chats = Optional("--chats", "How many chats.", 1, 1_000_000);
        var turns = Optional("--turns", "Turns of each chat.", 1, 1_000_000);
        var subscribers = Optional("--subscribers", "Streams of each chat.", 1, 1_000_000);
        var delay = Options.Number(
            "--follow-up-delay", "Milliseconds between a turn's end and the next message.", 0, 0, 3_600_000);
        var messageBytes = Options.Number(
            "--message-bytes",
            "Bytes of each message; answers of the mock model have about as many.",
            normal.MessageBytes,
            1,
            256 * 1024);
        var transport = new Option<Transport>("--transport")
        {
            Description = "How streams are read.",
            DefaultValueFactory = _ => Transport.Sse,
            HelpName = "sse|websocket",
        };
        var replicas = Options.Number("--replicas", "How many servers to start.", 1, 1, 100);
        var urls = new Option<string[]>("--url")
        {
            Description = "Running servers to drive, instead of starting some.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [],
        };
        urls.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token =>
                !Uri.TryCreate(token.Value, UriKind.Absolute, out var url)
                    || url.Scheme is not ("http" or "https")
                    || url.Query.Length > 0
                    || url.Fragment.Length > 0))
            {
                result.AddError($"'{token.Value}' is not a URL of http or https, without a query.");
            }
        });
        var token = new Option<string?>("--token")
        {
            Description = "For --url: an operator's token; else the variable DURABLECHAT_TOKEN.",
        };
        token.Validators.Add(result =>
        {
            if (result.Tokens.Any(given => !given.Value.All(character => character is > ' ' and < '\x7f')))
            {
                result.AddError("--token is visible ASCII characters.");
            }
        });
        var store = new Option<string?>("--store")
        {
            Description =
                "Where the servers keep the chats: sqlite or postgres for a temporary one, or what serve --store "
                    + "takes. Left out, sqlite for one server and postgres for several.",
        };
        var redis = new Option<string?>("--redis")
        {
            Description = "A Redis that carries the servers' notifications, instead of the database.",
            HelpName = "host:port",
        };
        redis.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !(Uri.TryCreate(
                $"redis://{text}", UriKind.Absolute, out var address) && address.Port > 0 && address.Authority == text))
            {
                result.AddError($"'{text}' is not a host and a port, such as 127.0.0.1:6379.");
            }
        });
        var window = new Option<int?>("--durable-window")
        {
            Description = "Messages of a chat that a server keeps in memory for its streams; 0 turns that off.",
        };
        window.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }]
                && int.TryParse(text, out var number)
                && number is < 0 or > 65_536)
            {
                result.AddError("--durable-window is a number from 0 to 65536.");
            }
        });
        var pool = Optional("--pool-size", "Connections of each server's pool.", 1, 1000);
        var faultKinds = new Option<string?>("--faults")
        {
            Description =
                "What is done to the cluster meanwhile, separated by commas: "
                    + string.Join(", ", Enum.GetNames<FaultKind>().Select(name => name.ToLowerInvariant()))
                    + ", or all.",
        };
        faultKinds.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && ReadFaults(text) is null)
            {
                result.AddError($"--faults does not know '{text}'.");
            }
        });
        var firstToken = Options.Number(
            "--first-token-ms",
            "The mock model's time to the first chunk, in milliseconds.",
            bed.FirstTokenMs,
            0,
            600_000);
        var chunks = Options.Number("--chunks", "The mock model's chunks in an answer.", bed.Chunks, 1, 100_000);
        var chunkMs = Options.Number(
            "--chunk-ms", "The mock model's time from chunk to chunk, in milliseconds.", bed.ChunkMs, 0, 600_000);
        var rate = Options.Number("--rate", "For soak and abuse: turns per second.", (int)normal.Rate, 1, 100_000);
        var duration = Options.Number(
            "--duration",
            "For soak and abuse: how long, in seconds.",
            (int)normal.Duration.TotalSeconds,
            1,
            10_000_000);
        var connections = Options.Number(
            "--connections", "For idle: how many connections do nothing.", normal.Connections, 1, 1_000_000);
        var messages = Options.Number(
            "--messages",
            "For long: how many messages the long chat comes to have.",
            normal.Messages,
            200,
            100_000_000);
        var edits = Options.Number(
            "--edits", "For long: how often the other chat is edited.", normal.Edits, 100, 100_000_000);
        var creations = Options.Number(
            "--creations", "For abuse: how many chats the abuser creates at most.", normal.Creations, 1, 1_000_000);
        var turnTimeout = Options.Number(
            "--turn-timeout",
            "Seconds after which a turn that has not ended has failed.",
            (int)normal.TurnTimeout.TotalSeconds,
            1,
            86_400);
        var seed = Options.Number("--seed", "Repeats the same choices.", normal.Seed, 0, int.MaxValue);
        var json = new Option<string?>("--json") { Description = "Writes the report to this file." };
        var html = new Option<string?>("--html") { Description = "Writes the report to this file as a page." };
        foreach (var text in new[] { token, store, json, html })
        {
            Options.RequireText(text);
        }

        var command = new Command(
            Name, "Puts load on servers, checks every stream while it runs, and reports what it cost.")
        {
            scenario,
            chats,
            turns,
            subscribers,
            delay,
            messageBytes,
            transport,
            replicas,
            urls,
            token,
            store,
            redis,
            window,
            pool,
            faultKinds,
            firstToken,
            chunks,
            chunkMs,
            rate,
            duration,
            connections,
            messages,
            edits,
            creations,
            turnTimeout,
            seed,
            json,
            html,
            CompareCommand.Create(),
        };
        // The mock model of a run is a process of this program.
        var mock = LlmMockCommand.Create();
        mock.Hidden = true;
        command.Subcommands.Add(mock);
        command.Validators.Add(result =>
        {
            if (result.GetResult(urls) is { Implicit: false }
                && (IsGiven(replicas) || IsGiven(store) || IsGiven(redis) || IsGiven(window)))
            {
                result.AddError(
                    "--replicas, --store, --redis, and --durable-window are for servers that the test starts; with "
                        + "--url they are configured already.");
            }

            if (result.GetValue(replicas) > 1
                && result.GetValue(store) is { } given
                && new BedOptions { Store = given, Replicas = 1 }.StoreKind == "sqlite")
            {
                result.AddError(
                    "--replicas above 1 needs a store that several servers can share: --store postgres, or a "
                        + "connection string.");
            }

            if (result.GetValue(redis) is not null && new BedOptions
            {
                Store = result.GetValue(store),
                Replicas = result.GetValue(replicas),
            }.StoreKind == "sqlite")
            {
                result.AddError("--redis is for servers on PostgreSQL: --store postgres, or --replicas 3.");
            }

            if (IsGiven(json) && IsGiven(html) && result.GetValue(json) == result.GetValue(html))
            {
                result.AddError("--json and --html name the same file.");
            }

            if (result.GetValue(faultKinds) is not null && (result.GetResult(urls) is { Implicit: false }
                || result.GetValue(replicas) < 2
                || result.GetValue(store) is not (null or "postgres")))
            {
                result.AddError("--faults needs at least two servers and a database of the test's own: --replicas 3.");
            }

            if (result.GetResult(urls) is { Implicit: false }
                && result.GetValue(scenario) is { } chosen
                && Scenario.Defaults(chosen).NeedsOwners)
            {
                result.AddError(
                    $"--scenario {chosen} needs owners with tokens, which only servers have that the test starts.");
            }

            bool IsGiven(Option option) => result.GetResult(option) is { Implicit: false };
        });
        command.SetAction(parsed =>
        {
            var defaults = Scenario.Defaults(parsed.GetValue(scenario)!);
            return ScaleTestRun.RunAsync(
                new ScaleTestOptions(
                    defaults with
                    {
                        Chats = parsed.GetValue(chats) ?? defaults.Chats,
                        Turns = parsed.GetValue(turns) ?? defaults.Turns,
                        Subscribers = parsed.GetValue(subscribers) ?? defaults.Subscribers,
                        FollowUpDelay = TimeSpan.FromMilliseconds(parsed.GetValue(delay)),
                        MessageBytes = parsed.GetValue(messageBytes),
                        Transport = parsed.GetValue(transport),
                        Rate = parsed.GetValue(rate),
                        Duration = TimeSpan.FromSeconds(parsed.GetValue(duration)),
                        Connections = parsed.GetValue(connections),
                        Messages = parsed.GetValue(messages),
                        Edits = parsed.GetValue(edits),
                        Creations = parsed.GetValue(creations),
                        TurnTimeout = TimeSpan.FromSeconds(parsed.GetValue(turnTimeout)),
                        Seed = parsed.GetValue(seed),
                    },
                    new BedOptions
                    {
                        Urls = [.. parsed.GetValue(urls)!.Select(WithSlash).Distinct()],
                        Replicas = parsed.GetValue(replicas),
                        Store = parsed.GetValue(store),
                        Redis = parsed.GetValue(redis),
                        DurableWindow = parsed.GetValue(window),
                        PoolSize = parsed.GetValue(pool),
                        HasFaults = parsed.GetValue(faultKinds) is not null,
                        Token = parsed.GetValue(token) ?? TokenVariable(),
                        FirstTokenMs = parsed.GetValue(firstToken),
                        Chunks = parsed.GetValue(chunks),
                        ChunkMs = parsed.GetValue(chunkMs),
                    },
                    ReadFaults(parsed.GetValue(faultKinds) ?? "")!,
                    parsed.GetValue(json),
                    parsed.GetValue(html)),
                TimeProvider.System);
        });
        return command;
    }

    /// <summary>Reads a list of faults; null if one is unknown.</summary>
    private static List<FaultKind>? ReadFaults(string text)
    {
        var kinds = new List<FaultKind>();
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (word == "all")
            {
                kinds.AddRange(Enum.GetValues<FaultKind>());
            }
            else if (Enum.TryParse<FaultKind>(word, ignoreCase: true, out var kind) && !char.IsAsciiDigit(word[0]))
            {
                kinds.Add(kind);
            }
            else
            {
                return null;
            }
        }

        return kinds;
    }

    private static Option<int?> Optional(string name, string description, int least, int most)
    {
        var option = new Option<int?>(name) { Description = $"{description} The scenario has its own default." };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }]
                && (!int.TryParse(text, out var number) || number < least || number > most))
            {
                result.AddError($"{name} is a whole number from {least} to {most}.");
            }
        });
        return option;
    }

    /// <summary>
    /// The variable, without the line break that often comes with what is read from a file; null if it is empty.
    /// </summary>
    private static string? TokenVariable() =>
        Environment.GetEnvironmentVariable("DURABLECHAT_TOKEN")?.Trim() is { Length: > 0 } token ? token : null;

    /// <summary>Without the slash a relative address would take the place of the last segment.</summary>
    private static Uri WithSlash(string url) => new(url.EndsWith('/') ? url : url + "/");
}
