using System.Runtime.CompilerServices;
using DurableChat.Models;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Responses;

/// <summary>
/// A model behind OpenAI's Responses API or a compatible server. Nothing is stored there. Thread-safe.
/// </summary>
internal sealed class ResponsesModel(ProviderConnection connection, Provider provider, ProviderOptions options)
    : IModelClient
{
    /// <summary>The name of the protocol in replays.</summary>
    public const string Wire = "openai.responses";

    private const string SummariesRefused = "generate reasoning summaries";
    private volatile bool _areSummariesRefused;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ModelUpdate> StreamAsync(
        ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var wish = request.Settings.ReasoningDisplay;
        var updates = SendAsync(_areSummariesRefused && wish is null ? Without(request) : request, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        try
        {
            bool hasFirst;
            try
            {
                hasFirst = await updates.MoveNextAsync().ConfigureAwait(false);
            }
            catch (ModelException exception) when (wish is null && !_areSummariesRefused
                && exception.InnerException?.Message.Contains(SummariesRefused, StringComparison.Ordinal) == true)
            {
                // OpenAI sends summaries only to verified organisations. They are only this client's default, so it
                // stops requesting them.
                _areSummariesRefused = true;
                await updates.DisposeAsync().ConfigureAwait(false);
                updates = SendAsync(Without(request), cancellationToken).GetAsyncEnumerator(cancellationToken);
                hasFirst = await updates.MoveNextAsync().ConfigureAwait(false);
            }

            for (var has = hasFirst; has; has = await updates.MoveNextAsync().ConfigureAwait(false))
            {
                yield return updates.Current;
            }
        }
        finally
        {
            await updates.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static ModelRequest Without(ModelRequest request) =>
        request with { Settings = request.Settings with { ReasoningDisplay = "omitted" } };

    private async IAsyncEnumerable<ModelUpdate> SendAsync(
        ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var answer = new ResponsesAnswer(provider, connection.Explain, new HeldContent(request.OnContent));
        var body = ResponsesRequest.Build(provider, request);
        var headers = AzureAddress.KeyHeaders(connection.Address, options.Key);
        var events = connection.PostAsync(body, headers, request, cancellationToken);
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

        throw new ModelException(ModelErrors.BrokenOff);
    }
}
