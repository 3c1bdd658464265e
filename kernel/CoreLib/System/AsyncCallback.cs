// SPDX-License-Identifier: MIT
namespace System;

public delegate void AsyncCallback(IAsyncResult ar);
