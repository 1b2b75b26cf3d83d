using System.CommandLine;
using DurableChat.Recorder;
using DurableChat.Recorder.Ledgers;
using DurableChat.Recorder.Options;
using DurableChat.Recorder.Recordings;
using DurableChat.Server.Configuration;
using DurableChat.Server.Text;

namespace DurableChat.Server.Recorders;

/// <summary>The command that runs a recorder.</summary>
internal static class RecorderCommand
{
    private const string SecretVariable = "DURABLECHAT_RECORDER_SECRET";
    private const long Megabyte = 1024 * 1024;

    public static Command Create()
    {
        var defaults = new LedgerLimits();
        var listen = new Option<string>("--listen")
        {
            Description = "Where to listen: unix:/path/to/socket, or an http address.",
            DefaultValueFactory = _ => "http://127.0.0.1:9191",
        };
        var folder = new Option<string>("--folder")
        {
            Description = "The folder for answers that do not fit into memory. One recorder uses it.",
            DefaultValueFactory = _ => "durablechat.recorder",
        };
        var secret = new Option<string?>("--secret-file")
        {
            Description = $"The file of the secret that servers have to show. Defaults to the variable {SecretVariable}.",
        };
        var hosts = new Option<string[]>("--allow-host")
        {
            Description = "A host, with its port unless it is the usual one, to which requests may be sent; may be "
                + "repeated. * allows any.",
            Required = true,
        };
        var exchanges = Number("--max-exchanges", "How many model calls it holds.", defaults.MaxExchanges, 100_000);
        var memory = Number("--memory-mb", "What all answers together may have in memory.", 256, 1_000_000);
        var memoryOfOne = Number(
            "--memory-per-exchange-kb",
            "What one answer may have in memory; the rest goes into a file.",
            1024,
            1_000_000);
        var spool = Number("--spool-mb", "What all answers together may have in files.", 4096, 100_000_000);
        var request = Number("--max-request-mb", "How large a request may be.", 64, 1024);
        var keep = Time("--keep", "How long an answer is kept after its end.", defaults.KeepTime);
        var orphan = Time("--orphan", "How long an answer goes on that no server reads.", defaults.OrphanTime);
        var most = Time("--max-time", "How long an answer may take.", defaults.MaxTime);
        var idle = new Option<TimeSpan?>("--exit-when-idle")
        {
            Description = "Ends it when no server has asked for anything for so long.",
        };
        var detached = new Option<bool>("--detached")
        {
            Description = "Leaves the terminal's signals to the server that started it.",
            Hidden = true,
        };
        var command = new Command(
            "recorder", "Holds the connections to model providers, so that answers outlive the server.")
        {
            listen, folder, secret, hosts, exchanges, memory, memoryOfOne, spool, request, keep, orphan, most, idle,
            detached,
        };
        command.SetAction((parsed, cancellationToken) => PlainErrors.RunAsync(() => RunAsync(
            new RecorderOptions
            {
                Listen = parsed.GetValue(listen)!,
                Folder = Path.GetFullPath(parsed.GetValue(folder)!),
                Secret = ReadSecret(parsed.GetValue(secret)),
                Hosts = new AllowedHosts(parsed.GetValue(hosts)!),
                Ledger = new LedgerLimits
                {
                    MaxExchanges = parsed.GetValue(exchanges),
                    KeepTime = parsed.GetValue(keep),
                    OrphanTime = parsed.GetValue(orphan),
                    MaxTime = parsed.GetValue(most),
                },
                Recording = new RecordingLimits { MemoryBytes = parsed.GetValue(memoryOfOne) * 1024L },
                MemoryBytes = parsed.GetValue(memory) * Megabyte,
                SpoolBytes = parsed.GetValue(spool) * Megabyte,
                MaxRequestBytes = parsed.GetValue(request) * Megabyte,
                IdleTime = parsed.GetValue(idle),
                IsDetached = parsed.GetValue(detached),
            },
            cancellationToken)));
        return command;
    }

    private static Option<int> Number(string name, string description, int value, int most)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }]
                && int.TryParse(text, out var number)
                && (number < 1 || number > most))
            {
                result.AddError($"{name} is a number from 1 to {most}.");
            }
        });
        return option;
    }

    private static Option<TimeSpan> Time(string name, string description, TimeSpan value)
    {
        var option = new Option<TimeSpan>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }]
                && TimeSpan.TryParse(text, out var time)
                && time <= TimeSpan.Zero)
            {
                result.AddError($"{name} must be more than zero, e.g. 00:05:00.");
            }
        });
        return option;
    }

    private static SharedSecret ReadSecret(string? file)
    {
        var secret = file is null ? Environment.GetEnvironmentVariable(SecretVariable) : File.ReadAllText(file).Trim();
        if (secret is { Length: >= SharedSecret.MinLength })
        {
            return new SharedSecret(secret);
        }

        var place = file is null ? $"the variable {SecretVariable}, or a file that --secret-file names" : $"'{file}'";
        throw new ConfigurationException(
            $"The recorder needs a secret of at least {SharedSecret.MinLength} characters, in {place}. "
            + "'openssl rand -hex 32' makes one.");
    }

    private static async Task RunAsync(RecorderOptions options, CancellationToken cancellationToken)
    {
        await using var app = Build(options);
        await app.StartAsync(cancellationToken);
        var on = ListenOn.Parse(options.Listen);
        if (on.SocketPath is { } path && !OperatingSystem.IsWindows())
        {
            // Servers of the same group may use it. Until here, only this user could.
            File.SetUnixFileMode(
                path,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
        }

        await File.WriteAllTextAsync(
            Path.Combine(options.Folder, "pid"), $"{Environment.ProcessId}", cancellationToken);
        Console.WriteLine($"The recorder is ready on {(on.SocketPath is null ? app.Urls.First() : on)}");
        await app.WaitForShutdownAsync(cancellationToken);
    }

    private static WebApplication Build(RecorderOptions options)
    {
        try
        {
            return RecorderApplication.Build(options, TimeProvider.System);
        }
        catch (FormatException exception)
        {
            throw new ConfigurationException($"--listen is wrong: {exception.Message}");
        }
    }
}
