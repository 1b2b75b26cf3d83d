using DurableChat.Models;

namespace DurableChat.Tests.Support;

/// <summary>A model client that does what the test makes it do.</summary>
internal sealed class ScriptedModelClient(Func<int, ModelRequest, CancellationToken, IAsyncEnumerable<ModelUpdate>> script) : IModelClient
{
    private readonly List<ModelRequest> _requests = [];

    /// <summary>What was asked so far.</summary>
    public IReadOnlyList<ModelRequest> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    public IAsyncEnumerable<ModelUpdate> StreamAsync(ModelRequest request, CancellationToken cancellationToken)
    {
        int number;
        lock (_requests)
        {
            _requests.Add(request);
            number = _requests.Count;
        }

        return script(number, request, cancellationToken);
    }
}
