using System.Runtime.CompilerServices;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Messages;

/// <summary>A model behind Anthropic's Messages API or a compatible server. Thread-safe.</summary>
internal sealed class MessagesModel(ProviderConnection connection, Provider provider, ProviderOptions options)
    : IModelClient
{
    /// <summary>The name of the protocol in replays.</summary>
    public const string Wire = "anthropic.messages";

    private const string Version = "2023-06-01";
    private const int MaxRounds = 8;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ModelUpdate> StreamAsync(
        ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var prompt = MessagesPrompt.Build(provider, request);
        var (turn, held) = (new MessagesTurn(), new HeldContent(request.OnContent));
        for (var round = 1; ; round++)
        {
            var (answer, blocks) = (new MessagesAnswer(turn, connection.Explain, held), turn.Blocks.Count);
            var updates = RoundAsync(request, prompt, turn, answer, cancellationToken);
            await foreach (var update in updates.ConfigureAwait(false))
            {
                yield return update;
            }

            if (answer.StopReason == "pause_turn" && round < MaxRounds && turn.Blocks.Count > blocks)
            {
                turn.UsageBefore = TokenUsage.Add(turn.UsageBefore, answer.Usage);
                continue;
            }

            var (reason, calls) = EndOf(answer.StopReason, turn);
            foreach (var call in calls)
            {
                yield return new PartUpdate(call);
            }

            yield return new EndUpdate(reason, provider.Keep(MessagesReplay.Keep(turn.Blocks, reason), prompt.Prefix));
            yield break;
        }
    }

    private static (FinishReason Reason, IReadOnlyList<ToolCallPart> Calls) EndOf(string? stopReason, MessagesTurn turn)
    {
        switch (stopReason)
        {
            case "refusal":
                return (FinishReason.ContentFilter, []);

            // A pause without new content, or one pause too many, counts as truncated.
            case "max_tokens" or "model_context_window_exceeded" or "pause_turn":
                return (FinishReason.Length, []);
            default:
                var calls = MessagesReplay.Calls(turn.Blocks);
                return (calls.Count > 0 ? FinishReason.ToolCalls : FinishReason.Stop, calls);
        }
    }

    private async IAsyncEnumerable<ModelUpdate> RoundAsync(
        ModelRequest request,
        MessagesPrompt prompt,
        MessagesTurn turn,
        MessagesAnswer answer,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var body = MessagesRequest.Build(provider.Model, request, prompt, MessagesReplay.Pause(turn.Blocks));
        var events = connection.PostAsync(body, Headers(), request, cancellationToken);
        await foreach (var (type, data) in events.ConfigureAwait(false))
        {
            foreach (var update in answer.Read(type, data))
            {
                yield return update;
            }

            if (answer.IsEnded)
            {
                yield break;
            }
        }

        if (!answer.IsWhole)
        {
            throw new ModelException(ModelErrors.BrokenOff);
        }

        foreach (var update in answer.StopAll())
        {
            yield return update;
        }
    }

    private IEnumerable<KeyValuePair<string, string>> Headers()
    {
        yield return KeyValuePair.Create("anthropic-version", Version);
        if (options.Key is { Length: > 0 } key)
        {
            yield return KeyValuePair.Create("x-api-key", key);
        }
    }
}
