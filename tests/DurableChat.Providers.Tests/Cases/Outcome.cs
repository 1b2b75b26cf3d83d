using System.Text;
using DurableChat.Chats;
using DurableChat.Models;
using Xunit;

namespace DurableChat.Providers.Tests.Cases;

/// <summary>What came of a request.</summary>
internal sealed record Outcome(IReadOnlyList<MessagePart> Parts, EndUpdate? End, TokenUsage? Usage, ModelFailure? Failure)
{
    /// <summary>The calls.</summary>
    public IReadOnlyList<ToolCallPart> Calls => [.. Parts.OfType<ToolCallPart>()];

    /// <summary>Reads a whole answer, and joins pieces of text as the feed does.</summary>
    public static async Task<Outcome> ReadAsync(IModelClient model, ModelRequest request)
    {
        var (parts, text) = (new List<MessagePart>(), new StringBuilder());
        EndUpdate? end = null;
        TokenUsage? usage = null;
        try
        {
            await foreach (var update in model.StreamAsync(request, CancellationToken.None))
            {
                Assert.Null(end);
                switch (update)
                {
                    case EndUpdate last:
                        end = last;
                        break;
                    case UsageUpdate counted:
                        usage = counted.Usage;
                        break;
                    case PartUpdate { Part: var part }:
                        Add(parts, part);
                        break;
                }
            }
        }
        catch (ModelException exception)
        {
            return new Outcome(parts, end, usage, exception.Failure);
        }

        Assert.NotNull(end);
        return new Outcome(parts, end, usage, null);
    }

    /// <summary>The answer as a message of the history.</summary>
    public Message ToMessage() => new()
    {
        Id = 2,
        PreviousId = 1,
        Role = MessageRole.Assistant,
        Parts = Parts,
        FinishReason = End!.Reason,
        Replay = End.Replay,
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    /// <summary>A part in the words of the cases.</summary>
    public static string Describe(MessagePart part) => part switch
    {
        TextPart text => $"text:{text.Text}",
        ReasoningPart reasoning => $"reasoning:{reasoning.Text}",
        RefusalPart refusal => $"refusal:{refusal.Text}",
        ProviderToolPart tool => $"provider_tool:{tool.Name} {tool.Input}",
        FilePart file => $"{file.MediaType.Split('/')[0]}:{file.MediaType}",
        _ => part.ToString(),
    };

    private static void Add(List<MessagePart> parts, MessagePart part)
    {
        switch (parts.LastOrDefault(), part)
        {
            case (TextPart before, TextPart text):
                parts[^1] = new TextPart(before.Text + text.Text);
                break;
            case (ReasoningPart before, ReasoningPart reasoning):
                parts[^1] = new ReasoningPart(before.Text + reasoning.Text);
                break;
            case (RefusalPart before, RefusalPart refusal):
                parts[^1] = new RefusalPart(before.Text + refusal.Text);
                break;
            default:
                parts.Add(part);
                break;
        }
    }
}
