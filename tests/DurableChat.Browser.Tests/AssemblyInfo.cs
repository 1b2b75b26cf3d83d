using DurableChat.Browser.Tests.Support;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(Chromium))]
[assembly: AssemblyFixture(typeof(SharedServer))]
[assembly: NoComplaints]

// Browsers beside each other on a small machine wait for each other, and their tests then for nothing.
[assembly: Parallelization(Mode = ParallelMode.None)]
