using System.Diagnostics;
using System.Text.Json;
using DurableChat.ScaleTest.Running;

namespace DurableChat.Lab.Running;

/// <summary>
/// An attack in a process of its own, which stands for other machines: it gets the processor only when the servers and
/// those who work beside it leave it, and what it costs there is no part of their times. The
/// models and issuers of an attack run in it, too. It takes a step for each line that it reads, and answers with a
/// line: see <see cref="AttackCommand"/>. For one caller at a time.
/// </summary>
internal sealed class AttackProcess : IAsyncDisposable
{
    private readonly Process _process;

    private AttackProcess(Process process) => _process = process;

    /// <summary>The servers that the attack needs.</summary>
    public AttackSetup Setup { get; private set; } = new();

    public static async Task<AttackProcess> StartAsync(string name, AttackScale scale)
    {
        string[] line = [
            Environment.ProcessPath!,
            typeof(AttackProcess).Assembly.Location,
            AttackCommand.Name,
            name,
            "--size",
            scale.Name,
        ];
        line = LowPriority.Of(line);

        // Priorities of different sessions are compared; and Ctrl-C ends this process, which ends that one.
        line = File.Exists("/usr/bin/setsid") ? ["/usr/bin/setsid", .. line] : line;
        var attack = new AttackProcess(Process.Start(new ProcessStartInfo(line[0], line.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!);
        try
        {
            var answer = await attack.AnswerAsync(CancellationToken.None);
            attack.Setup = answer.Setup
                ?? throw new InvalidOperationException($"The attack could not be set up: {answer.Broken}");
            return attack;
        }
        catch
        {
            await attack.DisposeAsync();
            throw;
        }
    }

    public async Task PrepareAsync(ArenaAddress address, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(JsonSerializer.Serialize(address), cancellationToken);
        if (answer.Broken is { } why)
        {
            throw new InvalidOperationException($"The attack could not be prepared: {why}");
        }
    }

    /// <summary>Runs it to its end; gives why it broke off, or null.</summary>
    public async Task<string?> RunAsync(CancellationToken cancellationToken) =>
        (await AskAsync("run", cancellationToken)).Broken;

    /// <summary>Adds what it has seen and found to those of this process.</summary>
    public async Task ReportAsync(Arena arena, CancellationToken cancellationToken)
    {
        var answer = await AskAsync("report", cancellationToken);
        foreach (var (what, count) in answer.Counts)
        {
            arena.Tally.Add(what, count);
        }

        foreach (var finding in answer.Findings)
        {
            arena.Expect(false, finding);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // It ends when there is nothing more to read. In the middle of a step it does not read.
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10), TimeProvider.System);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private async Task<AttackAnswer> AskAsync(string line, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync(line.AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        return await AnswerAsync(cancellationToken);
    }

    private async Task<AttackAnswer> AnswerAsync(CancellationToken cancellationToken) =>
        await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } line
            ? JsonSerializer.Deserialize<AttackAnswer>(line)!
            : throw new InvalidOperationException("The process of the attack has ended.");
}
