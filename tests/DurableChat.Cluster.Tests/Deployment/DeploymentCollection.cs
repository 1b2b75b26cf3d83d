using Xunit;

namespace DurableChat.Cluster.Tests.Deployment;

/// <summary>Tests that share two replicas.</summary>
[CollectionDefinition(Name)]
public sealed class DeploymentCollection : ICollectionFixture<TwoReplicas>
{
    public const string Name = "Deployment";
}
