using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace DurableChat.Client.Adapters;

/// <summary>An <see cref="IChatClient"/> whose chats are on a server. Thread-safe.</summary>
internal sealed class DurableChatAdapter(DurableChatClient client, DurableChatAdapterOptions settings) : IChatClient
{
    private static readonly TimeSpan _patienceWithInterrupt = TimeSpan.FromSeconds(5);
    private static readonly ChatClientMetadata _metadata = new("durablechat");

    /// <inheritdoc/>
    /// <remarks>Built from committed messages only, so a failed attempt of the model leaves no trace.</remarks>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default) =>
        await RunAsync(messages, options, isLive: false, cancellationToken)
            .ToChatResponseAsync(cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc/>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default) =>
        RunAsync(messages, options, isLive: true, cancellationToken);

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType.IsInstanceOfType(client) ? client
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The caller owns the client, and the adapter holds no resources.
    }

    private async IAsyncEnumerable<ChatResponseUpdate> RunAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options,
        bool isLive,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var request = Request.Read(messages, options, settings);
        var turn = await Turn.BeginAsync(client, request, options?.ModelId, isLive, cancellationToken)
            .ConfigureAwait(false);
        try
        {
            await foreach (var next in client.FollowAfterAsync(
                turn.ChatId, turn.AfterMessageId, cancellationToken: cancellationToken).ConfigureAwait(false))
            {
                foreach (var update in turn.Read(next))
                {
                    yield return update;
                }

                if (turn.IsOver
                    || (turn.MayBeOver && await turn.CheckAsync(client, cancellationToken).ConfigureAwait(false)))
                {
                    yield break;
                }
            }
        }
        finally
        {
            // A message queued after a failed turn would run later, although the caller has been given an exception.
            if (turn.QueuedId is null
                ? settings.InterruptOnCancel && !turn.IsOver
                : settings.InterruptOnCancel || turn.IsOver)
            {
                await StopAsync(turn).ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// Stops the turn, or removes the message if it still waits: the running turn is then not this caller's.
    /// </summary>
    private async Task StopAsync(Turn turn)
    {
        using var patience = new CancellationTokenSource(_patienceWithInterrupt);
        try
        {
            await (turn.QueuedId is { } queued
                ? client.DeleteQueuedAsync(turn.ChatId, queued, cancellationToken: patience.Token)
                : client.InterruptAsync(turn.ChatId, cancellationToken: patience.Token)).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is DurableChatException or HttpRequestException
            or OperationCanceledException)
        {
            // The turn has ended or continues. The caller is gone in both cases.
        }
    }
}
