using System.Runtime.CompilerServices;
using DurableChat.Models;
using Microsoft.Extensions.AI;

namespace DurableChat.Server.Models;

/// <summary>Takes an answer of which the provider does not say that it has ended for one that broke off, as when a proxy closes a connection in good order: half an answer must not pass for a whole one.</summary>
internal sealed class WholeAnswers(IChatClient inner) : DelegatingChatClient(inner)
{
    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var hasEnded = false;
        var held = new List<ChatResponseUpdate>();
        await foreach (var update in base.GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            hasEnded |= update.FinishReason is not null;
            held.Add(update);
            if (!hasEnded && held.Any(HasCall))
            {
                // What is shown is kept, and a call without a result cannot be: it is shown once the answer is known to be whole.
                continue;
            }

            foreach (var next in held)
            {
                yield return next;
            }

            held.Clear();
        }

        if (!hasEnded)
        {
            throw new ModelException("model_bad_response", "The model's answer broke off.", retryable: true);
        }
    }

    private static bool HasCall(ChatResponseUpdate update) => update.Contents.Any(content => content is FunctionCallContent);
}
