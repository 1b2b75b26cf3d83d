using System.Runtime.CompilerServices;
using DurableChat.Models;
using Microsoft.Extensions.AI;

namespace DurableChat.Server.Models;

/// <summary>
/// Keeps a key out of the exceptions of a model's client: they carry the provider's answer, which may repeat the key, and go to the log. What the failure means is
/// settled here, while the exception's kind is still known.
/// </summary>
internal sealed class KeyRedaction(IChatClient inner, string key, Func<Exception, ModelFailure?> mapError) : DelegatingChatClient(inner)
{
    private const string Redacted = "[key]";

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var updates = base.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await MoveNextAsync(updates))
        {
            yield return updates.Current;
        }
    }

    private async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<ChatResponseUpdate> updates)
    {
        try
        {
            return await updates.MoveNextAsync();
        }
        catch (Exception exception) when (exception.ToString() is var told && told.Contains(key, StringComparison.Ordinal))
        {
            throw new ModelException(
                mapError(exception) ?? ModelErrors.Map(exception, null),
                new InvalidOperationException(told.Replace(key, Redacted, StringComparison.Ordinal)));
        }
    }
}
