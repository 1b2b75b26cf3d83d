namespace DurableChat.Models;

/// <summary>
/// Sends a prompt to one model of one provider and streams its answer. Implementations are thread-safe: all turns share one. They make
/// one attempt; the worker repeats failed calls.
/// </summary>
public interface IModelClient
{
    /// <summary>Requests an answer.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="cancellationToken">Ends the request at the provider, too.</param>
    /// <returns>
    /// The answer as it comes, in order. Exactly one <see cref="EndUpdate"/> is the last update of a whole answer; an answer that breaks off
    /// throws. Tool calls come only once the answer is known to be whole.
    /// </returns>
    /// <exception cref="ModelException">The call failed in a way that is understood.</exception>
    IAsyncEnumerable<ModelUpdate> StreamAsync(ModelRequest request, CancellationToken cancellationToken);
}
