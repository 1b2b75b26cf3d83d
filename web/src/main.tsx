import { render } from 'preact';
import { App } from './App';
import './styles/index.css';
import { startLifecycle } from './ui/lifecycle';
import './ui/theme';

startLifecycle();
render(<App />, document.getElementById('app')!);
