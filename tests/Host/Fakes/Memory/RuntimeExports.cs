// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>The framework has an allocator of its own: nothing to export.</summary>
internal static class RuntimeExports
{
}
