// SPDX-License-Identifier: MIT
namespace Internal.Runtime.CompilerHelpers;

/// <summary>Known to ilc by name; our start-up is Hypervisor.Runtime.Startup.</summary>
internal static class StartupCodeHelpers
{
}
