using System.CommandLine;
using System.Net.Sockets;
using System.Text.Json;
using DurableChat.Lab.Attacks;
using DurableChat.Lab.Running;

namespace DurableChat.Lab;

/// <summary>
/// The command that runs one attack on servers of another process. Hidden: <see cref="AttackProcess"/> starts it. It
/// sets up and says which servers it needs. Then it reads where they are and prepares, reads a
/// line and attacks, reads a line and says what it has seen.
/// </summary>
internal static class AttackCommand
{
    public const string Name = "attack";

    public static Command Create()
    {
        var name = new Argument<string>("name");
        var size = new Option<string>("--size") { Required = true };
        var command = new Command(Name, "Runs one attack on servers of another process.") { name, size };
        command.Hidden = true;
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(name), AttackScale.Of(parsed.GetRequiredValue(size)), cancellationToken));
        return command;
    }

    private static async Task RunAsync(string name, AttackScale scale, CancellationToken cancellationToken)
    {
        // Whatever else is printed must not stand between the answers.
        var answers = Console.Out;
        Console.SetOut(Console.Error);
        await using var attack = AllAttacks.Makers.Select(make => make()).Single(attack => attack.Name == name);
        Say(answers, new AttackAnswer { Setup = await attack.SetUpAsync(scale) });
        if (await Console.In.ReadLineAsync(cancellationToken) is not { } address)
        {
            return;
        }

        await using var arena = Arena.At(JsonSerializer.Deserialize<ArenaAddress>(address)!, scale);
        Say(answers, new AttackAnswer { Broken = await TryAsync(() => attack.PrepareAsync(arena, cancellationToken)) });
        if (await Console.In.ReadLineAsync(cancellationToken) is null)
        {
            return;
        }

        Say(answers, new AttackAnswer { Broken = await TryAsync(() => attack.RunAsync(arena, cancellationToken)) });
        if (await Console.In.ReadLineAsync(cancellationToken) is null)
        {
            return;
        }

        if (await TryAsync(() => attack.FinishAsync(arena, cancellationToken)) is { } broken)
        {
            arena.Expect(false, $"What the attack came to could not be read: {broken}");
        }

        Say(answers, new AttackAnswer { Counts = arena.Tally.Counts, Findings = arena.Findings });
    }

    private static void Say(TextWriter answers, AttackAnswer answer) =>
        answers.WriteLine(JsonSerializer.Serialize(answer));

    /// <summary>Takes a step; gives why it broke off because of the servers, or null.</summary>
    private static async Task<string?> TryAsync(Func<Task> stepAsync)
    {
        try
        {
            await stepAsync();
            return null;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or SocketException
            or InvalidOperationException)
        {
            return exception.Message;
        }
    }
}
